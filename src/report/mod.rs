//! Reports: results to text, CSV, JSON, SVG and HTML, one file of code per format.
//!
//! Each function writes to a writer or returns a string. Nothing here plays a run, computes a price
//! or prints. Invariant: the same results give the same bytes on every platform; no wall-clock
//! time, host name or path is in any report.
//!
//! Written from whole [`Results`](crate::runner::Results): [`terminal`], [`summary`],
//! [`runs`], [`cost`], [`scaling`], [`utilization`], [`plots`], [`page`], [`verdicts`]. Written run by
//! run, while others are played: [`UsageWriter`], [`TaskWriter`], [`EventWriter`]. The report's folder
//! is a [`Folder`]; [`write_files`], [`write_plots`] and [`write_stories`] write into it.

mod column;
mod cost;
mod error;
mod event_names;
mod eventbridge;
mod events;
mod figure;
mod files;
mod folder;
mod lack;
mod metric_data;
mod named;
mod number;
mod page;
mod plots;
mod reference;
mod runs;
mod scaling;
mod summary;
mod tasks;
#[cfg(feature = "cli")]
mod terminal;
mod text;
mod undone;
mod usage;
mod utilization;
mod value;
mod verdicts;

pub use cost::cost;
pub use error::{ReportError, ReportProblem};
pub use eventbridge::{
    ACCOUNT, BridgeAttachment, BridgeContainer, BridgeContainerOverride, BridgeDeployment,
    BridgeDetail, BridgeEvent, BridgeInstance, BridgeNameValue, BridgeNetworkInterface,
    BridgeOverrides, BridgeResource, BridgeServiceAction, BridgeTask, BridgeVersion, EventType,
    eventbridge_schema, instant, instant_millis,
};
pub use events::{
    EventAbout, EventPurchase, EventRow, EventWriter, InstanceEvent, LackCounts, PlacementEvent,
    StartEvent, TaskEvent,
};
pub use files::{write_files, write_plots, write_stories};
pub use folder::{Disk, Folder, FolderFile, Store};
pub use lack::lack;
pub use metric_data::MetricData;
pub use named::Named;
pub use page::{Cell, Column, Deviation, FigureRow, PageData, Table, Tone, page};
pub use plots::{
    Axis, Bar, Bars, Chart, Dashes, DotPanel, Dots, Drawing, Ink, Key, Layer, Line, Mark, MarkKind,
    Panel, Panels, Plot, Scatter, Shape, Sign, Stroke, charts, plots,
};
pub use reference::outputs_reference;
pub use runs::runs;
pub use scaling::scaling;
pub use summary::{
    BillLineValue, DifferenceValue, FigureValue, Fit, OneLessFit, SCHEMA_VERSION, Summary, Value,
    summary,
};
pub use tasks::{TaskRow, TaskWriter};
#[cfg(feature = "cli")]
pub use terminal::{TerminalStyle, terminal};
pub use usage::{UsageNames, UsageWriter};
pub use utilization::utilization;
pub use value::{Evidence, change_of, estimate, evidence, value};
pub use verdicts::verdicts;
