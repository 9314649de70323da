//! The wait in a queue before several servers (M/M/c, Erlang C; with a factor for other laws).

/// The most servers for which the formula of Erlang is computed; beyond, that of Sakasegawa is as good.
const MOST_EXACT: u32 = 256;

/// The probability that a message waits, with `servers` that are used to this part.
pub(super) fn waits(servers: u32, utilization: f64) -> f64 {
    let rho = utilization.clamp(0.0, 1.0);
    if rho >= 1.0 || servers == 0 {
        return 1.0;
    }
    if servers > MOST_EXACT {
        return libm::pow(rho, (2.0 * (f64::from(servers) + 1.0)).sqrt() - 1.0);
    }
    let offered = rho * f64::from(servers);
    let mut lost = 1.0;
    for number in 1..=servers {
        lost = offered * lost / (f64::from(number) + offered * lost);
    }
    lost / (1.0 - rho * (1.0 - lost))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// facts/validation.md 1.2: Erlang C of one server is its utilization; of two with half of it 1/3.
    #[test]
    fn the_probability_of_a_wait_is_that_of_erlang() {
        for (servers, rho, wanted) in [(1, 0.7, 0.7), (2, 0.5, 1.0 / 3.0), (5, 1.0, 1.0)] {
            assert!((waits(servers, rho) - wanted).abs() < 1e-12);
        }
        assert!((waits(10, 0.8) - 0.409).abs() < 0.001);
        // Where one formula ends and the other begins.
        for rho in [0.9, 0.98] {
            let (exact, other) = (waits(256, rho), waits(257, rho));
            assert!((exact - other).abs() < 0.06, "{rho}: {exact} {other}");
        }
    }
}
