//! A scenario that has been checked: from a file, a text, or plans built by hand.

use super::{Error, Experiment};
use crate::plan::{Plan, Study};
use crate::scenario::{Effective, Embedded, Loaded, Problem};
use std::path::{Path, PathBuf};

/// A scenario that has been read or built, and checked.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// `None` for plans built by hand.
    source: Option<Source>,
    settings: Vec<String>,
    variants: Vec<String>,
    loaded: Loaded,
}

/// The source of a scenario, from which it is read again when a value is set.
#[derive(Clone, Debug)]
enum Source {
    File(PathBuf),
    Text { name: String, text: String },
}

impl Scenario {
    /// Reads a scenario file.
    ///
    /// # Errors
    /// All problems of the scenario, each with its line.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::read(Source::File(path.as_ref().into()), Vec::new(), Vec::new())
    }

    /// Reads a scenario from a text in YAML or JSON; `name` stands for the file in messages.
    /// Relative paths in it start at the working directory.
    ///
    /// # Errors
    /// All problems of the scenario, each with its line.
    pub fn from_yaml(name: impl Into<String>, text: impl Into<String>) -> Result<Self, Error> {
        let (name, text) = (name.into(), text.into());
        Self::read(Source::Text { name, text }, Vec::new(), Vec::new())
    }

    /// A scenario with one variant, built by hand.
    ///
    /// # Errors
    /// All problems of the plan ([`Plan::check`]).
    pub fn from_plan(plan: Plan) -> Result<Self, Error> {
        Self::from_plans(vec![plan])
    }

    /// A scenario with these variants, built by hand; the first is the one that others are
    /// compared with, and gives the scenario its name.
    ///
    /// # Errors
    /// All problems of the plans ([`Plan::check`]), and two variants with one name.
    pub fn from_plans(plans: Vec<Plan>) -> Result<Self, Error> {
        let study = Study::of_plans(plans);
        study.check()?;
        Ok(Self {
            source: None,
            settings: Vec::new(),
            variants: Vec::new(),
            loaded: Loaded {
                study,
                warnings: Vec::new(),
                notes: Vec::new(),
            },
        })
    }

    /// Changes a value, as `--set` does: `until=1d`, `tasks.jobs.count=3`. A later setting wins.
    ///
    /// # Errors
    /// When there is no such key, when the scenario has problems with this value, and for plans
    /// built by hand, which have no keys.
    pub fn set(self, setting: impl Into<String>) -> Result<Self, Error> {
        self.set_all([setting])
    }

    /// Changes several values, which are checked together.
    ///
    /// # Errors
    /// As [`set`](Self::set).
    pub fn set_all<S: Into<String>>(
        mut self,
        settings: impl IntoIterator<Item = S>,
    ) -> Result<Self, Error> {
        let Some(source) = self.source else {
            return Err(Error::problem(
                "only a scenario that was read from a file or a text has keys to set".into(),
                "change the fields of the plan before it becomes a scenario",
            ));
        };
        self.settings.extend(settings.into_iter().map(Into::into));
        Self::read(source, self.settings, self.variants)
    }

    /// Keeps only these variants, in the order of the scenario.
    ///
    /// # Errors
    /// When there is no variant of such a name; the message names the nearest one.
    pub fn variants<S: Into<String>>(
        mut self,
        names: impl IntoIterator<Item = S>,
    ) -> Result<Self, Error> {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        for name in &names {
            let known = self.loaded.study.variants.iter();
            let known = known.map(|plan| plan.variant.as_str());
            if !known.clone().any(|known| known == name) {
                return Err(Error::unknown(
                    format!("there is no variant `{name}`"),
                    name,
                    known,
                ));
            }
        }
        self.loaded.study.keep_variants(&names);
        self.variants = names;
        Ok(self)
    }

    /// The plans of its variants, in order.
    pub fn plans(&self) -> &[Plan] {
        &self.loaded.study.variants
    }

    /// The study: the plans of its variants, and its expectations.
    pub fn study(&self) -> &Study {
        &self.loaded.study
    }

    /// Warnings for readers of the results, such as keys that are not modelled.
    pub fn warnings(&self) -> &[Problem] {
        &self.loaded.warnings
    }

    /// An experiment with every variant, the seeds of the scenario and its own policies.
    pub fn experiment<'a>(&self) -> Experiment<'a> {
        Experiment::new(self.loaded.study.clone())
    }

    /// Reads the source with these settings and keeps these variants.
    fn read(source: Source, settings: Vec<String>, variants: Vec<String>) -> Result<Self, Error> {
        let effective = match &source {
            Source::File(path) => Effective::read(path, &settings)?,
            Source::Text { name, text } => Effective::parse(name, text, &settings)?,
        };
        let loaded = effective.load(&variants, None, &Embedded)?;
        Ok(Self {
            source: Some(source),
            settings,
            variants,
            loaded,
        })
    }
}

impl TryFrom<Plan> for Scenario {
    type Error = Error;

    fn try_from(plan: Plan) -> Result<Self, Error> {
        Self::from_plan(plan)
    }
}
