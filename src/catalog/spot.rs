//! EC2 Spot on Linux: savings against On-Demand and interruption bands of the Spot Advisor. There
//! is one price per region and type. Prices by zone and over time are not here, nor are the times
//! of interruptions.

use super::regions::{Quote, on_demand_price};
use super::sources::Source;
use super::table::{Table, number};
use crate::units::Usd;

/// The Spot price and the interruption band of an instance type in a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpotOffer {
    /// The band of the interruption frequency.
    pub band: InterruptionBand,
    /// Saving against the On-Demand price in percent, 0 to 100: in the catalog the mean of thirty
    /// days and all zones.
    pub saving_percent: u8,
    /// Price per hour: the region's On-Demand price × (100 − saving) ÷ 100, rounded half up
    /// to a nano-dollar; `None` where the catalog has no price on demand.
    pub price_per_hour: Option<Usd>,
}

/// The share of a type's Spot instances that AWS interrupted in the last month (facts/platform.md
/// 8.4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum InterruptionBand {
    /// Fewer than 5 %.
    Below5,
    /// 5 to 10 %.
    From5To10,
    /// 10 to 15 %.
    From10To15,
    /// 15 to 20 %.
    From15To20,
    /// More than 20 %.
    Above20,
}

/// Hours in the month to which a band refers (facts/platform.md 8.4.4).
const MONTH_HOURS: f64 = 730.0;

/// The hazard rate λ = −ln(1 − p) ÷ 730 per hour of an exponential lifetime whose probability to
/// end within a month is p, from 0 to below 1 (facts/platform.md 8.4.4).
pub fn hazard_per_hour(monthly: f64) -> f64 {
    -libm::log1p(-monthly) / MONTH_HOURS
}

/// The Spot offer of a type in a region; `None` where the Spot Advisor does not list it.
pub fn spot(region: &str, instance_type: &str) -> Option<SpotOffer> {
    let table = Table::new(include_str!("data/spot.csv"));
    let (band, saving) = table.cell_of(instance_type, region)?.split_once(';')?;
    let saving_percent = number(saving)
        .and_then(|percent| u8::try_from(percent).ok())
        .expect("savings in the table are percent, a test reads them all");
    let left = 100 - u128::from(saving_percent);
    Some(SpotOffer {
        band: InterruptionBand::of_cell(band),
        saving_percent,
        price_per_hour: on_demand_price(region, instance_type).map(|price| price.times(left, 100)),
    })
}

/// The Spot price per hour, with the source of the saving; `None` where the catalog has no
/// price.
pub fn spot_quote(region: &str, instance_type: &str) -> Option<Quote> {
    Some(Quote {
        price: spot(region, instance_type)?.price_per_hour?,
        source: Source::of_key("spot-advisor"),
    })
}

impl SpotOffer {
    /// An offer with a given price per hour. The saving against the On-Demand price is in whole
    /// percent, rounded half up; zero when Spot costs more.
    pub fn at_price(band: InterruptionBand, price: Usd, on_demand: Usd) -> Self {
        let (price_nanos, full) = (price.as_nanos(), on_demand.as_nanos());
        let saved = (full - price_nanos).max(0);
        let percent =
            (saved.saturating_mul(200).saturating_add(full)) / full.saturating_mul(2).max(1);
        Self {
            band,
            saving_percent: u8::try_from(percent).expect("what is saved is at most the whole"),
            price_per_hour: Some(price),
        }
    }
}

impl InterruptionBand {
    /// All bands, the lowest first.
    pub const ALL: [Self; 5] = [
        Self::Below5,
        Self::From5To10,
        Self::From10To15,
        Self::From15To20,
        Self::Above20,
    ];

    /// The Spot Advisor's label: `<5%`, `5-10%`, `>20%`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Below5 => "<5%",
            Self::From5To10 => "5-10%",
            Self::From10To15 => "10-15%",
            Self::From15To20 => "15-20%",
            Self::Above20 => ">20%",
        }
    }

    /// The probability that an instance is interrupted within a month, in thousandths: the middle
    /// of the band, and 25 % for the open one (facts/platform.md 8.4.4).
    pub const fn monthly_probability(self) -> u32 {
        match self {
            Self::Below5 => 25,
            Self::From5To10 => 75,
            Self::From10To15 => 125,
            Self::From15To20 => 175,
            Self::Above20 => 250,
        }
    }

    /// From a cell of the embedded table: `0` for the safest to `4`.
    fn of_cell(cell: &'static str) -> Self {
        number(cell)
            .and_then(|index| Self::ALL.get(usize::try_from(index).ok()?).copied())
            .expect("bands in the table are 0 to 4, a test reads them all")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{instance_types, regions};

    /// facts/platform.md 8.4.3.
    #[test]
    fn bands_are_those_of_the_spot_advisor() {
        for (name, label) in [
            ("c5.large", "<5%"),
            ("r5.large", "<5%"),
            ("t3.medium", "<5%"),
            ("m6i.large", "10-15%"),
            ("m7g.large", "10-15%"),
            ("m5.large", "15-20%"),
            ("g4dn.xlarge", "15-20%"),
            ("m5.xlarge", ">20%"),
            ("p3.2xlarge", ">20%"),
        ] {
            let offer = spot("us-east-1", name).expect("it is listed");
            assert_eq!(offer.band.label(), label, "{name}");
        }
    }

    /// facts/platform.md W22.
    #[test]
    fn a_band_of_5_to_10_percent_is_a_hazard_of_1_068e_4_an_hour() {
        let hazard = hazard_per_hour(0.075);
        assert!((hazard - 1.068e-4).abs() < 5e-8, "{hazard}");
        let within_a_day = -libm::expm1(-24.0 * hazard);
        assert!((within_a_day - 0.0026).abs() < 5e-5, "{within_a_day}");
    }

    /// facts/platform.md 8.4.4.
    #[test]
    fn instances_live_between_106_and_1201_days_on_average() {
        let days = InterruptionBand::ALL.map(|band| {
            let chance = f64::from(band.monthly_probability()) / 1_000.0;
            libm::round(1.0 / hazard_per_hour(chance) / 24.0) as u32
        });
        assert_eq!(days, [1_201, 390, 228, 158, 106]);
    }

    #[test]
    fn prices_are_what_is_left_of_the_price_on_demand() {
        let m5 = spot("us-east-1", "m5.large").expect("it is listed");
        assert_eq!(m5.saving_percent, 66);
        assert_eq!(m5.price_per_hour, Some(Usd::nanos(32_640_000)));
        let quote = spot_quote("us-east-1", "m5.large").expect("it is listed");
        assert_eq!(Some(quote.price), m5.price_per_hour);
        assert_eq!(quote.source.date, Some("2025-06-28"));
        for (region, name) in [
            ("us-east-1", "m5.none"),
            ("us-east-1", "mac1.metal"),
            ("mars-north-1", "m5.large"),
            ("type", "m5.large"),
        ] {
            assert_eq!(spot(region, name), None, "{name} in {region}");
        }
    }

    #[test]
    fn the_saving_of_a_given_price_is_rounded() {
        let band = InterruptionBand::Above20;
        for (price, on_demand, saving) in [
            (30, 100, 70),
            (305, 1_000, 70),
            (306, 1_000, 69),
            (0, 100, 100),
            (100, 100, 0),
            (130, 100, 0),
            (0, 0, 0),
            (1, 0, 0),
        ] {
            let price = Usd::nanos(price);
            let offer = SpotOffer::at_price(band, price, Usd::nanos(on_demand));
            assert_eq!(offer.saving_percent, saving, "{price} of {on_demand}");
            assert_eq!((offer.band, offer.price_per_hour), (band, Some(price)));
        }
    }

    #[test]
    fn every_offer_can_be_read_and_has_a_price() {
        let counts: Vec<usize> = regions()
            .map(|region| {
                instance_types()
                    .filter_map(|facts| Some((facts.name, spot(region, facts.name)?)))
                    .inspect(|(name, offer)| {
                        let on_demand = on_demand_price(region, name);
                        assert!(offer.saving_percent <= 90, "{name} in {region}");
                        assert!(offer.price_per_hour > Some(Usd::ZERO), "{name} in {region}");
                        assert!(offer.price_per_hour <= on_demand, "{name} in {region}");
                    })
                    .count()
            })
            .collect();
        assert_eq!(counts, [890, 820, 889, 787, 821, 653, 821]);
    }
}
