//! From usage to a bill: a pure function of the ledger and a dated price book.
//!
//! Everything is integers: a line's cost is price × quantity rounded half up to a
//! nano-dollar, once per line, and once per line and calendar month where storage is
//! prorated by the month. Totals are sums of lines, so they add up exactly. Amounts are list
//! prices on demand and one price on Spot for the whole run; other discounts and taxes are not
//! here.

mod bill;
mod book;
mod months;

pub use bill::{Bill, BillLine, Service};
pub use book::{InstancePrice, MissingPrice, PriceBook};

use crate::catalog::Architecture;
use crate::units::{Cpu, GIB, HOUR, Usd};
use crate::usage::{Item, Ledger, MeterKey};
use months::Months;

/// What the usage costs, a line per meter in the order of the ledger. A meter that counted
/// nothing has a line of cost zero, or none where its price is missing too.
///
/// # Errors
/// When something was used that the book has no price for.
///
/// # Panics
/// When the ledger names an instance type that the book does not list.
pub fn price(ledger: &Ledger, book: &PriceBook) -> Result<Bill, MissingPrice> {
    let mut lines = Vec::with_capacity(ledger.meters.len());
    for (index, usage) in usage_by_month(ledger, book).into_iter().enumerate() {
        let key = &ledger.meters[index];
        let topped_up = ledger.topped_up.get(index).copied().unwrap_or(0);
        let terms = terms(key, book);
        match terms.price {
            Some(price) => lines.push(line(*key, terms, price, &usage, topped_up)),
            None if usage.is_empty() => {}
            None => {
                return Err(MissingPrice {
                    region: book.region.clone(),
                    usage_type: terms.usage_type,
                    label: terms.label,
                });
            }
        }
    }
    Ok(Bill { lines })
}

/// How a meter's item is sold.
struct Terms {
    service: Service,
    usage_type: String,
    label: String,
    unit: &'static str,
    price: Option<Usd>,
    /// Base units × µs in one pricing unit; for storage, in a GB-hour.
    per: u128,
}

/// Some usage of a meter with one divisor.
struct Usage {
    /// Base units × µs.
    quantity: u128,
    /// Hours in the month it is prorated by; 1 for what is sold by the hour.
    hours: u32,
}

const MICROS: u128 = HOUR as u128;
/// Bytes × µs in a GB-hour.
const GB_HOUR: u128 = GIB as u128 * MICROS;

/// The usage of each meter: one part, or for storage one for each month; none where nothing
/// was used.
fn usage_by_month(ledger: &Ledger, book: &PriceBook) -> Vec<Vec<Usage>> {
    let mut usage: Vec<Vec<Usage>> = ledger.meters.iter().map(|_| Vec::new()).collect();
    let mut months = Months::new(book.start_unix_seconds, book.storage_month_hours);
    // The month that each meter's last part belongs to, by its first hour.
    let mut opened = vec![None; ledger.meters.len()];
    for row in ledger.rows.iter().filter(|row| row.quantity > 0) {
        let meter = row.meter as usize;
        let (month, hours) = match ledger.meters[meter].item {
            Item::RootVolume => months.of(row.hour),
            _ => (0, 1),
        };
        match usage[meter].last_mut() {
            Some(part) if opened[meter] == Some(month) => part.quantity += row.quantity,
            _ => usage[meter].push(Usage {
                quantity: row.quantity,
                hours,
            }),
        }
        opened[meter] = Some(month);
    }
    usage
}

/// One line: rounded once for each part.
fn line(meter: MeterKey, terms: Terms, price: Usd, usage: &[Usage], topped_up: u128) -> BillLine {
    let mut cost = Usd::ZERO;
    let mut quantity = 0.0;
    for part in usage {
        let per = terms.per * u128::from(part.hours);
        cost += price.times(part.quantity, per);
        quantity += part.quantity as f64 / per as f64;
    }
    BillLine {
        meter,
        service: terms.service,
        usage_type: terms.usage_type,
        label: terms.label,
        unit: terms.unit,
        usage: usage.iter().map(|part| part.quantity).sum(),
        topped_up,
        quantity,
        price,
        cost,
    }
}

/// How the item is sold; usage types as on AWS's bills (facts/pricing.md 2 and 4).
fn terms(key: &MeterKey, book: &PriceBook) -> Terms {
    match key.item {
        Item::Instance(index) => {
            let instance = &book.instances[index];
            Terms {
                service: Service::Ec2,
                usage_type: book.plain_usage_type(&format!("BoxUsage:{}", instance.name)),
                label: format!("{}, on demand", instance.name),
                unit: "instance-hours",
                price: instance.per_hour,
                per: MICROS,
            }
        }
        Item::SpotInstance(index) => {
            let instance = &book.instances[index];
            Terms {
                service: Service::Ec2,
                usage_type: book.plain_usage_type(&format!("SpotUsage:{}", instance.name)),
                label: format!("{}, Spot", instance.name),
                unit: "instance-hours",
                price: instance.spot_per_hour,
                per: MICROS,
            }
        }
        Item::RootVolume => Terms {
            service: Service::Ebs,
            usage_type: book.plain_usage_type("EBS:VolumeUsage.gp3"),
            label: "gp3 root volumes".into(),
            unit: "GB-months",
            price: book.gp3_gb_month,
            per: GB_HOUR,
        },
        Item::FargateCpu(arch) => fargate_cpu(book, arch, Fargate::OnDemand),
        Item::FargateMemory(arch) => fargate_memory(book, arch, Fargate::OnDemand),
        Item::FargateSpotCpu(arch) => fargate_cpu(book, arch, Fargate::Spot),
        Item::FargateSpotMemory(arch) => fargate_memory(book, arch, Fargate::Spot),
        Item::FargateStorage(arch) => Terms {
            service: Service::Fargate,
            // One usage type for both architectures, and for Spot.
            usage_type: format!("{}-Fargate-EphemeralStorage-GB-Hours", book.prefix()),
            label: format!("Fargate storage above 20 GiB, {}", arch.name()),
            unit: "GB-hours",
            price: book.fargate(arch).and_then(|prices| prices.storage_gb_hour),
            per: GB_HOUR,
        },
    }
}

/// How Fargate's capacity is bought.
#[derive(Clone, Copy)]
enum Fargate {
    OnDemand,
    Spot,
}

fn fargate_cpu(book: &PriceBook, architecture: Architecture, how: Fargate) -> Terms {
    let prices = book.fargate(architecture);
    Terms {
        service: Service::Fargate,
        usage_type: how.usage_type(book, architecture, "vCPU-Hours:perCPU"),
        label: how.label("vCPU", architecture),
        unit: "vCPU-hours",
        price: prices.and_then(|prices| match how {
            Fargate::OnDemand => Some(prices.vcpu_hour),
            Fargate::Spot => prices.spot.map(|spot| spot.vcpu_hour),
        }),
        per: u128::from(Cpu::BASE_PER_VCPU) * MICROS,
    }
}

fn fargate_memory(book: &PriceBook, architecture: Architecture, how: Fargate) -> Terms {
    let prices = book.fargate(architecture);
    Terms {
        service: Service::Fargate,
        usage_type: how.usage_type(book, architecture, "GB-Hours"),
        label: how.label("memory", architecture),
        unit: "GB-hours",
        price: prices.and_then(|prices| match how {
            Fargate::OnDemand => Some(prices.gb_hour),
            Fargate::Spot => prices.spot.map(|spot| spot.gb_hour),
        }),
        per: GB_HOUR,
    }
}

impl Fargate {
    /// `USE1-SpotUsage-Fargate-ARM-GB-Hours`: unlike EC2, us-east-1 has its prefix.
    fn usage_type(self, book: &PriceBook, architecture: Architecture, what: &str) -> String {
        let spot = match self {
            Self::OnDemand => "",
            Self::Spot => "SpotUsage-",
        };
        let arm = match architecture {
            Architecture::X86 => "",
            Architecture::Arm => "ARM-",
        };
        format!("{}-{spot}Fargate-{arm}{what}", book.prefix())
    }

    /// `Fargate Spot vCPU, ARM64`.
    fn label(self, thing: &str, architecture: Architecture) -> String {
        let spot = match self {
            Self::OnDemand => "",
            Self::Spot => "Spot ",
        };
        format!("Fargate {spot}{thing}, {}", architecture.name())
    }
}
