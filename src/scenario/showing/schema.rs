//! The JSON Schema of scenario files, made from the field tables. It describes types and keys; the
//! rules between keys are checked by the readers only.

use super::assumptions::default_of;
use crate::scenario::keys::laws::LAW;
use crate::scenario::keys::scenario::SCENARIO;
use crate::scenario::keys::table::{Field, Preset, Status, Table, Type};
use serde_json::{Map, Value, json};

/// The JSON Schema (draft 2020-12) with which editors complete and check scenario files.
pub fn schema() -> Value {
    let mut definitions = Definitions::default();
    let root = definitions.table(&SCENARIO, Part::Whole);
    let mut schema = Map::new();
    let draft = "https://json-schema.org/draft/2020-12/schema";
    schema.insert("$schema".into(), json!(draft));
    schema.insert("title".into(), json!("ecsim scenario"));
    schema.extend(root.as_object().cloned().unwrap_or_default());
    schema.insert("$defs".into(), Value::Object(definitions.made));
    Value::Object(schema)
}

/// Whether a map is complete or is laid over another one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// A complete map: required keys must be present.
    Whole,
    /// A map in a variant: no key is required, and `null` removes a key.
    Overlay,
}

/// Keys of the scenario that a variant cannot have.
const OF_STUDY: [&str; 6] = [
    "ecsim",
    "name",
    "description",
    "seeds",
    "variants",
    "expect",
];

/// The definitions (`$defs`) of the schema made so far.
#[derive(Default)]
struct Definitions {
    /// Schemas by name of the table, with `.overlay` for those in variants.
    made: Map<String, Value>,
}

impl Definitions {
    /// A reference to a table's definition, made on first use.
    fn refer(&mut self, table: &'static Table, part: Part) -> Value {
        let name = match part {
            Part::Whole => table.name.to_string(),
            Part::Overlay => format!("{}.overlay", table.name),
        };
        if !self.made.contains_key(&name) {
            // A table can refer to itself through others: its name is inserted before its keys
            // are followed.
            self.made.insert(name.clone(), Value::Null);
            let made = self.table(table, part);
            self.made.insert(name.clone(), made);
        }
        json!({ "$ref": format!("#/$defs/{name}") })
    }

    fn table(&mut self, table: &'static Table, part: Part) -> Value {
        let fields = table.fields.iter();
        let fields: Vec<&'static Field> = fields.filter(|f| f.status != Status::NotYet).collect();
        let mut properties = Map::new();
        for field in &fields {
            properties.insert(field.key.into(), self.field(field, part));
        }
        let mut made = Map::new();
        made.insert("description".into(), json!(table.doc));
        made.insert("type".into(), json!("object"));
        made.insert("properties".into(), Value::Object(properties));
        made.insert("additionalProperties".into(), json!(false));
        let required: Vec<&str> = fields
            .iter()
            .filter(|f| f.required)
            .map(|f| f.key)
            .collect();
        if part == Part::Whole && !required.is_empty() {
            if fields.iter().any(|f| f.key == "file" && !f.required) {
                // With `file` the required keys can be in that file.
                made.insert(
                    "anyOf".into(),
                    json!([{ "required": ["file"] }, { "required": required }]),
                );
            } else {
                made.insert("required".into(), json!(required));
            }
        }
        Value::Object(made)
    }

    fn field(&mut self, field: &'static Field, part: Part) -> Value {
        let kind = self.kind(field.kind, part);
        let mut made = match (part, kind) {
            (Part::Overlay, kind) => {
                let mut made = Map::new();
                made.insert("anyOf".into(), json!([kind, { "type": "null" }]));
                made
            }
            (Part::Whole, Value::Object(made)) => made,
            (Part::Whole, _) => Map::new(),
        };
        let mut doc = field.doc.to_string();
        match field.default {
            Preset::Value(text) => {
                let value = text
                    .parse::<u64>()
                    .map_or(json!(text), |number| json!(number));
                made.insert("default".into(), value);
            }
            Preset::Rule(words) => doc.push_str(&format!(" (default: {words})")),
            Preset::Assumed(row) => doc.push_str(&format!(" (default: `{}`)", default_of(row))),
            Preset::None => {}
        }
        made.insert("description".into(), json!(doc));
        Value::Object(made)
    }

    fn kind(&mut self, kind: Type, part: Part) -> Value {
        match kind {
            Type::Text => json!({ "type": ["string", "number", "boolean"] }),
            Type::Name | Type::Duration | Type::Size | Type::Rate | Type::Instant | Type::File => {
                json!({ "type": "string" })
            }
            Type::TaskMemory
            | Type::Cpu
            | Type::Money
            | Type::Quantity
            | Type::Level
            | Type::Factor => {
                json!({ "type": ["string", "number"] })
            }
            Type::Bool => json!({ "type": "boolean" }),
            Type::Integer(low, u64::MAX) => json!({ "type": "integer", "minimum": low }),
            Type::Integer(low, high) => {
                json!({ "type": "integer", "minimum": low, "maximum": high })
            }
            Type::Number => json!({ "type": "number", "minimum": 0 }),
            Type::Signed => json!({ "type": "number" }),
            Type::Law(_) => {
                let law = self.refer(&LAW, part);
                let value = json!({ "type": ["string", "number"] });
                let sequence = json!({ "type": "array", "minItems": 1, "items": value });
                json!({ "anyOf": [value, sequence, law] })
            }
            Type::Choice(words) => json!({ "enum": words }),
            Type::List(inner) => {
                json!({ "type": "array", "items": self.kind(*inner, Part::Whole) })
            }
            Type::Entities(table, _) => {
                json!({ "type": "array", "items": self.refer(table, part) })
            }
            Type::Map(table) => self.refer(table, part),
            Type::Part(table) => self.refer(table, Part::Overlay),
            Type::Names(inner) => {
                json!({ "type": "object", "additionalProperties": self.kind(*inner, part) })
            }
            Type::Either(kinds) => {
                let kinds: Vec<Value> = kinds.iter().map(|kind| self.kind(*kind, part)).collect();
                json!({ "anyOf": kinds })
            }
            Type::Variants => self.variants(),
            Type::Any(_) => json!({}),
        }
    }

    fn variants(&mut self) -> Value {
        let mut properties = Map::new();
        properties.insert(
            "name".into(),
            json!({ "type": "string", "description": "name of the variant" }),
        );
        let fields = SCENARIO.fields.iter();
        for field in fields.filter(|f| f.status != Status::NotYet && !OF_STUDY.contains(&f.key)) {
            properties.insert(field.key.into(), self.field(field, Part::Overlay));
        }
        json!({
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "properties": properties,
                "additionalProperties": false,
                "required": ["name"],
            },
        })
    }
}
