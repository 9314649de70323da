//! The grammar (facts/ecs.md 100): `not` binds tighter than `and`, and `and` tighter than `or`.

use super::QueryError;
use super::condition::Compare;
use super::expression::{Expression, Test, TextSubject, TextTest};
use super::lexer::{Kind, Token};
use super::pattern::Pattern;
use super::values::{Version, time};

/// The deepest nesting of parentheses.
const DEEPEST: usize = 50;

const SUBJECTS: &str = "`agentConnected`, `agentVersion`, `attribute:<name>`, `ec2InstanceId`, \
                        `registeredAt`, `runningTasksCount` or `task:group`";

/// Reads the words of one expression.
pub(super) struct Parser {
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
}

/// An operator, without its negation.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    Compare(Compare),
    In,
    Matches,
    Exists,
}

/// The operators as symbols and as words, and whether they negate. `!exists` and `!in` are read as
/// two words.
const OPERATORS: [(&str, &str, Operator, bool); 12] = [
    ("==", "equals", Operator::Compare(Compare::Equal), false),
    ("!=", "not_equals", Operator::Compare(Compare::Equal), true),
    (
        ">",
        "greater_than",
        Operator::Compare(Compare::Greater),
        false,
    ),
    (
        ">=",
        "greater_than_equal",
        Operator::Compare(Compare::GreaterOrEqual),
        false,
    ),
    ("<", "less_than", Operator::Compare(Compare::Less), false),
    (
        "<=",
        "less_than_equal",
        Operator::Compare(Compare::LessOrEqual),
        false,
    ),
    ("=~", "matches", Operator::Matches, false),
    ("!~", "not_matches", Operator::Matches, true),
    ("in", "in", Operator::In, false),
    ("not_in", "not_in", Operator::In, true),
    ("exists", "exists", Operator::Exists, false),
    ("not_exists", "not_exists", Operator::Exists, true),
];

/// The subject of a comparison.
enum Subject {
    Text(TextSubject),
    AgentVersion,
    RegisteredAt,
    RunningTasksCount,
}

/// The groups of operators that subjects allow (facts/ecs.md 101).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Allowed {
    /// Those of `agentConnected`, `ec2InstanceId` and `task:group`.
    Names,
    /// Those of `agentVersion`, `registeredAt` and `runningTasksCount`.
    Amounts,
    /// All: those of attributes.
    All,
}

impl Allowed {
    fn includes(self, operator: Operator) -> bool {
        match self {
            Self::All => true,
            Self::Amounts => matches!(operator, Operator::Compare(_)),
            Self::Names => matches!(
                operator,
                Operator::Compare(Compare::Equal) | Operator::In | Operator::Matches
            ),
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Names => "`==`, `!=`, `in`, `not_in`, `=~` or `!~`",
            Self::Amounts => "`==`, `!=`, `>`, `>=`, `<` or `<=`",
            Self::All => {
                "`==`, `!=`, `in`, `not_in`, `=~`, `!~`, `exists`, `!exists`, `>`, `>=`, `<` or `<=`"
            }
        }
    }
}

impl Parser {
    pub(super) fn new(tokens: Vec<Token>) -> Self {
        Self {
            tokens,
            next: 0,
            depth: 0,
        }
    }

    /// The whole expression.
    pub(super) fn whole(mut self) -> Result<Expression, QueryError> {
        let root = self.any()?;
        match self.peek().kind {
            Kind::End => Ok(root),
            _ => Err(self.unexpected("`and`, `or`, or the end of the expression")),
        }
    }

    fn peek(&self) -> &Token {
        // The last word is the end, which is never passed.
        &self.tokens[self.next.min(self.tokens.len() - 1)]
    }

    fn take(&mut self) -> Token {
        let token = self.peek().clone();
        self.next += 1;
        token
    }

    /// Passes the next word when it is one of these.
    fn passes(&mut self, word: &str, symbol: &str) -> bool {
        let is_it = match &self.peek().kind {
            Kind::Word(text) => text == word,
            Kind::Symbol(text) => *text == symbol,
            Kind::Quoted(_) | Kind::End => false,
        };
        self.next += usize::from(is_it);
        is_it
    }

    fn unexpected(&self, expected: &str) -> QueryError {
        let token = self.peek();
        let message = match &token.kind {
            Kind::End => "the expression ends too early".to_string(),
            Kind::Word(word) if is_keyword_in_capitals(word) => {
                format!("`{word}` cannot stand here: keywords are in lower case")
            }
            kind => format!("{} cannot stand here", kind.shown()),
        };
        QueryError::new(token.at, message, expected)
    }

    fn any(&mut self) -> Result<Expression, QueryError> {
        let mut parts = vec![self.all()?];
        while self.passes("or", "||") {
            parts.push(self.all()?);
        }
        Ok(match parts.len() {
            1 => parts.remove(0),
            _ => Expression::Any(parts),
        })
    }

    fn all(&mut self) -> Result<Expression, QueryError> {
        let mut parts = vec![self.one()?];
        while self.passes("and", "&&") {
            parts.push(self.one()?);
        }
        Ok(match parts.len() {
            1 => parts.remove(0),
            _ => Expression::All(parts),
        })
    }

    fn one(&mut self) -> Result<Expression, QueryError> {
        let mut is_negated = false;
        while self.passes("not", "!") {
            is_negated = !is_negated;
        }
        let inner = if self.passes("", "(") {
            self.depth += 1;
            if self.depth > DEEPEST {
                let message = format!("more than {DEEPEST} parentheses inside of each other");
                return Err(QueryError::new(self.peek().at, message, ""));
            }
            let inner = self.any()?;
            self.depth -= 1;
            if !self.passes("", ")") {
                return Err(self.unexpected("`)`, `and` or `or`"));
            }
            inner
        } else {
            self.comparison()?
        };
        Ok(negated(inner, is_negated))
    }

    fn comparison(&mut self) -> Result<Expression, QueryError> {
        let (subject, at) = self.subject()?;
        let allowed = match &subject {
            Subject::Text(TextSubject::Attribute(_)) => Allowed::All,
            Subject::Text(_) => Allowed::Names,
            _ => Allowed::Amounts,
        };
        let from = self.peek().at.0;
        let (operator, is_negated) = self.operator(allowed)?;
        if !allowed.includes(operator) {
            let end = self.tokens[self.next - 1].at.1;
            let subject = subject.name();
            let message = format!("`{subject}` does not have this operator");
            return Err(QueryError::new((from, end), message, allowed.words()));
        }
        let test = match subject {
            Subject::Text(subject) => {
                let test = self.text_test(&subject, operator)?;
                Test::Text(subject, test)
            }
            amount => self.amount_test(&amount, operator, at)?,
        };
        Ok(negated(Expression::Test(test), is_negated))
    }

    fn subject(&mut self) -> Result<(Subject, (usize, usize)), QueryError> {
        let Kind::Word(word) = self.peek().kind.clone() else {
            return Err(self.unexpected(SUBJECTS));
        };
        let at = self.peek().at;
        let subject = match word.as_str() {
            "agentConnected" => Subject::Text(TextSubject::AgentConnected),
            "agentVersion" => Subject::AgentVersion,
            "ec2InstanceId" => Subject::Text(TextSubject::InstanceId),
            "registeredAt" => Subject::RegisteredAt,
            "runningTasksCount" => Subject::RunningTasksCount,
            "task:group" => Subject::Text(TextSubject::TaskGroup),
            other => Subject::Text(TextSubject::Attribute(self.attribute(other)?)),
        };
        self.next += 1;
        Ok((subject, at))
    }

    /// The name of the attribute in a word that is no other subject.
    fn attribute(&self, word: &str) -> Result<String, QueryError> {
        let at = self.peek().at;
        if let Some(name) = word.strip_prefix("attribute:") {
            if is_attribute_name(name) {
                return Ok(name.into());
            }
            let message = format!("`{name}` cannot be the name of an attribute");
            let expected = "1 to 128 letters, digits, `-`, `_`, `/`, `\\` and `.`";
            return Err(QueryError::new(at, message, expected));
        }
        if is_keyword_in_capitals(word) {
            return Err(self.unexpected(SUBJECTS));
        }
        let expected = match word.contains('.') {
            true => format!("`attribute:{word}`"),
            false => SUBJECTS.into(),
        };
        let message = format!("`{word}` is not a subject");
        Err(QueryError::new(at, message, expected))
    }

    /// The operator, and whether it is negated.
    fn operator(&mut self, allowed: Allowed) -> Result<(Operator, bool), QueryError> {
        let text = match &self.peek().kind {
            Kind::Word(text) => text.as_str(),
            Kind::Symbol(text) => *text,
            Kind::Quoted(_) | Kind::End => return Err(self.unexpected(allowed.words())),
        };
        let after = self.tokens.get(self.next + 1).map(|token| &token.kind);
        let found = match (text, after) {
            ("!", Some(Kind::Word(word))) if word == "exists" => (Operator::Exists, true),
            ("!", Some(Kind::Word(word))) if word == "in" => (Operator::In, true),
            _ => {
                let mut known = OPERATORS.iter();
                let found = known.find(|(symbol, word, ..)| *symbol == text || *word == text);
                let Some((.., operator, is_negated)) = found else {
                    return Err(self.unexpected(allowed.words()));
                };
                (*operator, *is_negated)
            }
        };
        self.next += usize::from(text == "!");
        self.next += 1;
        Ok(found)
    }

    fn text_test(
        &mut self,
        subject: &TextSubject,
        operator: Operator,
    ) -> Result<TextTest, QueryError> {
        Ok(match operator {
            Operator::Exists => TextTest::Exists,
            Operator::In => TextTest::OneOf(self.list(subject)?),
            Operator::Compare(Compare::Equal) => {
                let (value, at) = self.value()?;
                check_value(subject, &value, at)?;
                TextTest::OneOf(vec![value])
            }
            Operator::Compare(compare) => TextTest::Ordered(compare, self.value()?.0),
            Operator::Matches => {
                let is_quoted = matches!(self.peek().kind, Kind::Quoted(_));
                let (text, at) = self.value()?;
                let from = at.0 + usize::from(is_quoted);
                TextTest::Matches(Pattern::new(&text).map_err(|((start, end), message)| {
                    QueryError::new((from + start, from + end), message, "")
                })?)
            }
        })
    }

    fn amount_test(
        &mut self,
        subject: &Subject,
        operator: Operator,
        at: (usize, usize),
    ) -> Result<Test, QueryError> {
        let Operator::Compare(compare) = operator else {
            return Err(QueryError::new(at, "no amount", Allowed::Amounts.words()));
        };
        let (value, at) = self.value()?;
        let bad =
            |expected: &str| QueryError::new(at, format!("`{value}` cannot stand here"), expected);
        Ok(match subject {
            Subject::AgentVersion => {
                let version = Version::parse(&value);
                Test::AgentVersion(
                    compare,
                    version.ok_or_else(|| bad("a version such as `1.94.0`"))?,
                )
            }
            Subject::RegisteredAt => {
                let expected =
                    "a time such as `2018-06-18T22:28:28+00:00`, or a date such as `2018-06-18`";
                Test::RegisteredAt(compare, time(&value).ok_or_else(|| bad(expected))?)
            }
            _ => {
                let number = value.parse::<u64>();
                Test::RunningTasks(compare, number.map_err(|_| bad("a whole number"))?)
            }
        })
    }

    /// One value, and its place.
    fn value(&mut self) -> Result<(String, (usize, usize)), QueryError> {
        match &self.peek().kind {
            Kind::Word(text) | Kind::Quoted(text) => {
                let value = text.clone();
                Ok((value, self.take().at))
            }
            Kind::Symbol("[") => Err(self.unexpected("one value; lists are for `in` and `not_in`")),
            Kind::Symbol(_) => {
                Err(self.unexpected("a value; one with brackets or signs in quotes"))
            }
            Kind::End => Err(self.unexpected("a value")),
        }
    }

    /// `[a, b]`, or a single value.
    fn list(&mut self, subject: &TextSubject) -> Result<Vec<String>, QueryError> {
        let mut values = Vec::new();
        let is_list = self.passes("", "[");
        loop {
            let (value, at) = self.value()?;
            check_value(subject, &value, at)?;
            values.push(value);
            if !is_list || self.passes("", "]") {
                return Ok(values);
            }
            if !self.passes("", ",") {
                return Err(self.unexpected("`,` or `]`"));
            }
        }
    }
}

impl Subject {
    fn name(&self) -> String {
        match self {
            Self::Text(TextSubject::AgentConnected) => "agentConnected".into(),
            Self::Text(TextSubject::Attribute(name)) => format!("attribute:{name}"),
            Self::Text(TextSubject::InstanceId) => "ec2InstanceId".into(),
            Self::Text(TextSubject::TaskGroup) => "task:group".into(),
            Self::AgentVersion => "agentVersion".into(),
            Self::RegisteredAt => "registeredAt".into(),
            Self::RunningTasksCount => "runningTasksCount".into(),
        }
    }
}

/// Refuses values that a subject never has.
fn check_value(subject: &TextSubject, value: &str, at: (usize, usize)) -> Result<(), QueryError> {
    match subject {
        TextSubject::AgentConnected if !matches!(value, "true" | "false") => Err(QueryError::new(
            at,
            format!("`{value}` cannot stand here"),
            "`true` or `false`",
        )),
        TextSubject::InstanceId if !value.starts_with("i-") => Err(QueryError::new(
            at,
            format!("`{value}` is not the id of an instance"),
            "`i-` and the number of the instance in order of launch from 0, such as `i-3`",
        )),
        _ => Ok(()),
    }
}

fn negated(inner: Expression, is_negated: bool) -> Expression {
    match is_negated {
        true => Expression::Not(Box::new(inner)),
        false => inner,
    }
}

fn is_keyword_in_capitals(word: &str) -> bool {
    ["AND", "OR", "NOT"]
        .iter()
        .any(|keyword| word.eq_ignore_ascii_case(keyword))
        && word.chars().any(|c| c.is_ascii_uppercase())
}

/// True for a name that an attribute can have (facts/ecs.md 40).
fn is_attribute_name(name: &str) -> bool {
    (1..=128).contains(&name.len())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '\\' | '.'))
}
