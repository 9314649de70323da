//! One field of a `cron` expression as a set of whole numbers: `*`, values, names, lists,
//! ranges and steps. What has a meaning only in a calendar (`?`, `L`, `W`, `#`) is not here.

use super::ScheduleError;

/// What a field may hold.
pub(super) struct Field {
    /// As in a message: "minute".
    pub(super) name: &'static str,
    /// The least value.
    pub(super) low: i16,
    /// The largest.
    pub(super) high: i16,
    /// Names of the values from the least on, if they have any.
    pub(super) names: &'static [&'static str],
    /// True where `/` may stand.
    pub(super) takes_steps: bool,
    /// What a message says was expected.
    pub(super) expected: &'static str,
}

impl Field {
    pub(super) fn error(&self, problem: impl Into<String>) -> ScheduleError {
        ScheduleError::new(problem, self.expected)
    }

    /// All values of a field in capitals, ascending.
    pub(super) fn values(&self, text: &str) -> Result<Vec<i16>, ScheduleError> {
        let mut values = Vec::new();
        for part in text.split(',') {
            self.part(part, &mut values)?;
        }
        values.sort_unstable();
        values.dedup();
        Ok(values)
    }

    /// One item of a list: `*`, `5`, `1-5`, each perhaps with `/2`.
    fn part(&self, part: &str, values: &mut Vec<i16>) -> Result<(), ScheduleError> {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(self.step(part, step)?)),
            None => (part, None),
        };
        let (from, to) = if range == "*" {
            (self.low, self.high)
        } else if let Some((from, to)) = range.split_once('-') {
            (self.value(from)?, self.value(to)?)
        } else {
            let value = self.value(range)?;
            (value, step.map_or(value, |_| self.high))
        };
        if from > to {
            return Err(self.error(format!("{} `{range}` ends before it begins", self.name)));
        }
        values.extend((from..=to).step_by(step.unwrap_or(1)));
        Ok(())
    }

    fn step(&self, part: &str, step: &str) -> Result<usize, ScheduleError> {
        if !self.takes_steps {
            return Err(self.error(format!("{} `{part}` has a step", self.name)));
        }
        let number = is_number(step).then(|| step.parse().ok()).flatten();
        number
            .filter(|step| *step > 0)
            .ok_or_else(|| self.error(format!("`{step}` of {} `{part}` is no step", self.name)))
    }

    /// One value, by number or name.
    pub(super) fn value(&self, text: &str) -> Result<i16, ScheduleError> {
        if let Some(index) = self.names.iter().position(|name| *name == text) {
            let index = i16::try_from(index).expect("a field has few names");
            return Ok(self.low + index);
        }
        if text.is_empty() {
            return Err(self.error(format!("{} has an empty part", self.name)));
        }
        if !is_number(text) {
            return Err(self.error(format!("{} `{text}` is not a number", self.name)));
        }
        let number: Option<i16> = text.parse().ok();
        number
            .filter(|number| (self.low..=self.high).contains(number))
            .ok_or_else(|| self.error(format!("{} `{text}` is out of range", self.name)))
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
