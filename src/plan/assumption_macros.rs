//! The macros that make the assumptions of a plan from the rows of their table.

/// The place of a field, or of a part of it.
macro_rules! lens {
    ($($path:tt).+) => {
        Lens {
            get: |assumptions| &assumptions.$($path).+,
            get_mut: |assumptions| &mut assumptions.$($path).+,
        }
    };
}

/// What a field holds.
macro_rules! kind {
    ($place:tt, Group($group:ident)) => {
        Kind::Group(&$group)
    };
    (($($path:tt)+), $kind:ident $(($($bound:expr),+))?) => {
        Kind::$kind(lens!($($path)+) $($(, $bound)+)?)
    };
}

/// A part of an assumption that is a map.
macro_rules! part {
    ($key:literal, $($path:tt).+, $kind:ident $(($($bound:tt)*))?, $doc:literal) => {
        Assumption {
            key: $key,
            kind: kind!(($($path).+), $kind $(($($bound)*))?),
            doc: $doc,
        }
    };
}

/// Defines the struct, its defaults and its list of rows.
macro_rules! assumptions {
    ($(
        $(#[$note:meta])*
        $field:ident: $type:ty = $default:expr;
            $key:literal, $kind:ident $(($($bound:tt)*))?, $what:literal, $source:literal;
    )+) => {
        /// Times and rates of the platform. With `delays: none` all times of start-up and stop
        /// are zero, and these values do not count.
        #[derive(Clone, Debug)]
        pub struct Assumptions {
            $(
                #[doc = concat!("`", $key, "`: ", $what, " (", $source, ").")]
                #[doc = ""]
                $(#[$note])*
                pub $field: $type,
            )+
        }

        impl Default for Assumptions {
            fn default() -> Self {
                Self { $($field: $default,)+ }
            }
        }

        /// All assumptions. The section `assumptions` of `docs/scenario.md` is generated from this list, in
        /// this order. An assumption that is a map of several values is one row ([`Kind::Group`]).
        pub const ASSUMPTIONS: &[Assumption] = &[$(
            Assumption {
                key: $key,
                kind: kind!(($field), $kind $(($($bound)*))?),
                doc: concat!($what, " (", $source, ")"),
            },
        )+];
    };
}
