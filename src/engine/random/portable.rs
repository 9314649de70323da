//! A float whose mathematics is `libm`'s.
//!
//! The laws of `rand_distr` are generic over `num_traits::Float`. For `f64` that trait calls
//! the platform's logarithm, exponential and power as soon as any crate of the build switches
//! on `num-traits/std`, and three of ours do. With [`Portable`] in place of `f64` the same laws
//! give the same bits on every platform and in every build.

use super::{normal_quantile, unit};
use rand::Rng;
use rand_distr::num_traits::{Float, FloatConst, Num, NumCast, One, ToPrimitive, Zero, pow};
use rand_distr::{Distribution, Exp1, Open01, OpenClosed01, StandardNormal, StandardUniform};
use std::f64::consts;
use std::num::FpCategory;
use std::ops::{Add, Div, Mul, Neg, Rem, Sub};

/// A 64-bit float that computes with `libm`.
///
/// ```
/// use ecsim::engine::random::{CustomLaw, Distribution, Portable};
/// use rand_distr::Gumbel;
///
/// // A law that is not built in, with the same bits on every platform.
/// let gumbel = Gumbel::new(Portable(60.0), Portable(10.0)).unwrap();
/// let run_time = Distribution::custom(CustomLaw::new("gumbel", gumbel));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Portable(pub f64);

impl From<Portable> for f64 {
    fn from(value: Portable) -> Self {
        value.0
    }
}

/// Uniform in the half-open interval [0, 1), as for `f64`.
impl Distribution<Portable> for StandardUniform {
    #[inline]
    fn sample<R: Rng + ?Sized>(&self, generator: &mut R) -> Portable {
        Portable(Distribution::<f64>::sample(self, generator))
    }
}

/// Uniform in the half-open interval (0, 1], as for `f64`.
impl Distribution<Portable> for OpenClosed01 {
    #[inline]
    fn sample<R: Rng + ?Sized>(&self, generator: &mut R) -> Portable {
        Portable(Distribution::<f64>::sample(self, generator))
    }
}

/// Uniform in the open interval (0, 1), as for `f64`.
impl Distribution<Portable> for Open01 {
    #[inline]
    fn sample<R: Rng + ?Sized>(&self, generator: &mut R) -> Portable {
        Portable(unit(generator))
    }
}

/// By inverse transform. The tables that `rand_distr` uses for `f64` call the platform's
/// exponential and logarithm at their edges.
impl Distribution<Portable> for StandardNormal {
    #[inline]
    fn sample<R: Rng + ?Sized>(&self, generator: &mut R) -> Portable {
        Portable(normal_quantile(unit(generator)))
    }
}

/// By inverse transform, for the same reason.
impl Distribution<Portable> for Exp1 {
    #[inline]
    fn sample<R: Rng + ?Sized>(&self, generator: &mut R) -> Portable {
        Portable(-libm::log(unit(generator)))
    }
}

macro_rules! operators {
    ($($operator:ident $name:ident $sign:tt;)*) => { $(
        impl $operator for Portable {
            type Output = Self;
            #[inline]
            fn $name(self, other: Self) -> Self {
                Self(self.0 $sign other.0)
            }
        }
    )* };
}
operators! { Add add +; Sub sub -; Mul mul *; Div div /; Rem rem %; }

impl Neg for Portable {
    type Output = Self;
    #[inline]
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Zero for Portable {
    #[inline]
    fn zero() -> Self {
        Self(0.0)
    }
    #[inline]
    fn is_zero(&self) -> bool {
        self.0 == 0.0
    }
}

impl One for Portable {
    #[inline]
    fn one() -> Self {
        Self(1.0)
    }
}

impl ToPrimitive for Portable {
    #[inline]
    fn to_i64(&self) -> Option<i64> {
        self.0.to_i64()
    }
    #[inline]
    fn to_u64(&self) -> Option<u64> {
        self.0.to_u64()
    }
    #[inline]
    fn to_f64(&self) -> Option<f64> {
        Some(self.0)
    }
}

impl NumCast for Portable {
    #[inline]
    fn from<T: ToPrimitive>(number: T) -> Option<Self> {
        number.to_f64().map(Self)
    }
}

impl Num for Portable {
    type FromStrRadixErr = <f64 as Num>::FromStrRadixErr;

    fn from_str_radix(text: &str, radix: u32) -> Result<Self, Self::FromStrRadixErr> {
        f64::from_str_radix(text, radix).map(Self)
    }
}

macro_rules! constants {
    ($($name:ident $value:expr;)*) => { $(
        #[inline]
        fn $name() -> Self {
            Self($value)
        }
    )* };
}

macro_rules! questions {
    ($($name:ident)*) => { $(
        #[inline]
        fn $name(self) -> bool {
            self.0.$name()
        }
    )* };
}

macro_rules! functions {
    ($($name:ident $function:path;)*) => { $(
        #[inline]
        fn $name(self) -> Self {
            Self($function(self.0))
        }
    )* };
}

macro_rules! functions_of_two {
    ($($name:ident $function:path;)*) => { $(
        #[inline]
        fn $name(self, other: Self) -> Self {
            Self($function(self.0, other.0))
        }
    )* };
}

impl Float for Portable {
    constants! {
        nan f64::NAN;
        infinity f64::INFINITY;
        neg_infinity f64::NEG_INFINITY;
        neg_zero -0.0;
        min_value f64::MIN;
        min_positive_value f64::MIN_POSITIVE;
        epsilon f64::EPSILON;
        max_value f64::MAX;
    }

    questions! { is_nan is_infinite is_finite is_normal is_sign_positive is_sign_negative }

    functions! {
        floor libm::floor;
        ceil libm::ceil;
        round libm::round;
        trunc libm::trunc;
        abs f64::abs;
        signum f64::signum;
        recip f64::recip;
        sqrt f64::sqrt;
        cbrt libm::cbrt;
        exp libm::exp;
        exp2 libm::exp2;
        exp_m1 libm::expm1;
        ln libm::log;
        log2 libm::log2;
        log10 libm::log10;
        ln_1p libm::log1p;
        sin libm::sin;
        cos libm::cos;
        tan libm::tan;
        asin libm::asin;
        acos libm::acos;
        atan libm::atan;
        sinh libm::sinh;
        cosh libm::cosh;
        tanh libm::tanh;
        asinh libm::asinh;
        acosh libm::acosh;
        atanh libm::atanh;
    }

    functions_of_two! {
        max f64::max;
        min f64::min;
        powf libm::pow;
        abs_sub libm::fdim;
        hypot libm::hypot;
        atan2 libm::atan2;
        copysign f64::copysign;
    }

    #[inline]
    fn fract(self) -> Self {
        self - self.trunc()
    }

    #[inline]
    fn classify(self) -> FpCategory {
        self.0.classify()
    }

    #[inline]
    fn mul_add(self, factor: Self, summand: Self) -> Self {
        Self(libm::fma(self.0, factor.0, summand.0))
    }

    /// By repeated squaring: the platform's own leaves its rounding open.
    #[inline]
    fn powi(self, exponent: i32) -> Self {
        let power = pow(self.0, exponent.unsigned_abs() as usize);
        Self(if exponent < 0 { 1.0 / power } else { power })
    }

    #[inline]
    fn log(self, base: Self) -> Self {
        self.ln() / base.ln()
    }

    #[inline]
    fn sin_cos(self) -> (Self, Self) {
        (self.sin(), self.cos())
    }

    fn integer_decode(self) -> (u64, i16, i8) {
        self.0.integer_decode()
    }
}

/// The constants are the standard library's, which are the same everywhere.
impl FloatConst for Portable {
    constants! {
        E consts::E;
        FRAC_1_PI consts::FRAC_1_PI;
        FRAC_1_SQRT_2 consts::FRAC_1_SQRT_2;
        FRAC_2_PI consts::FRAC_2_PI;
        FRAC_2_SQRT_PI consts::FRAC_2_SQRT_PI;
        FRAC_PI_2 consts::FRAC_PI_2;
        FRAC_PI_3 consts::FRAC_PI_3;
        FRAC_PI_4 consts::FRAC_PI_4;
        FRAC_PI_6 consts::FRAC_PI_6;
        FRAC_PI_8 consts::FRAC_PI_8;
        LN_10 consts::LN_10;
        LN_2 consts::LN_2;
        LOG10_E consts::LOG10_E;
        LOG2_E consts::LOG2_E;
        PI consts::PI;
        SQRT_2 consts::SQRT_2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `libm` and the platform differ in the last bits alone.
    #[test]
    fn each_function_is_the_one_of_its_name() {
        fn values<F: Float>(x: F) -> Vec<f64> {
            let y = F::from(1.75).unwrap();
            let all = [
                [x.floor(), x.ceil(), x.round(), x.trunc(), x.fract()],
                [x.abs(), x.signum(), x.recip(), x.sqrt(), x.cbrt()],
                [x.exp(), x.exp2(), x.exp_m1(), x.ln(), x.ln_1p()],
                [x.log2(), x.log10(), x.sin(), x.cos(), x.tan()],
                [(x / y).asin(), (x / y).acos(), x.atan(), x.sinh(), x.cosh()],
                [x.tanh(), x.asinh(), (x + y).acosh(), (x / y).atanh(), -x],
                [x.max(y), x.min(y), x.powf(y), x.powi(3), x.powi(-2)],
                [x.hypot(y), x.atan2(y), x.copysign(-y), x.log(y), x % y],
                [x.mul_add(y, y), x.sin_cos().0, x.sin_cos().1, x + y, x - y],
            ];
            let all = all.iter().flatten().map(|value| value.to_f64().unwrap());
            all.chain([x.integer_decode().0 as f64]).collect()
        }
        for x in [0.1, 0.5, 1.25, 1.7] {
            let (portable, platform) = (values(Portable(x)), values(x));
            for (number, (ours, theirs)) in portable.iter().zip(&platform).enumerate() {
                let error = (ours - theirs).abs() / theirs.abs().max(1.0);
                assert!(error < 1e-14, "{number}: {ours}, not {theirs}");
            }
        }
        assert_eq!(
            Portable::from_str_radix("1.5", 10).ok(),
            Some(Portable(1.5))
        );
        assert_eq!(Portable(2.9).to_u64(), Some(2));
    }
}
