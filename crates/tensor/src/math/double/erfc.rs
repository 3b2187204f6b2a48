//! erfc for `f64`: the one function here that needs more than the tools of its parent.

use super::{Exp, at_most, polynomial, scale};
use std::f64::consts::FRAC_2_SQRT_PI;

/// The leading 26 of the 53 bits of x. The product of two such numbers is exact.
#[inline(always)]
fn upper_half(x: f64) -> f64 {
    f64::from_bits(x.to_bits() & !0x07ff_ffff)
}

/// e^(−x²)·Q(t)/(1 + 2x) for x ≥ 0, where t = (x − 3.5)/(x + 3.5), and 2 − erfc(−x) for x < 0; near 0,
/// where the rounding of t would tell, 1 − x·P(x²).
///
/// (1 + 2x)·e^(x²)·erfc x is flat enough for one polynomial on the whole axis (Shepherd and Laframboise,
/// *Chebyshev approximation of (1 + 2x) exp(x²) erfc x in 0 ≤ x < ∞*, 1981).
#[inline(always)]
pub(crate) fn erfc(x: f64) -> f64 {
    let a = at_most(x.abs(), 27.25);
    // a² = high² + (a − high)(a + high): high has 26 bits, so its square is exact.
    let high = upper_half(a);
    let e = Exp::new(-high * high, -(a - high) * (a + high));
    let (mantissa, rest) = e.mantissa();

    let t = (a - 3.5) / (a + 3.5);
    let [c0, c @ ..] = [
        1.242_349_244_871_154_4,
        -0.140_009_180_137_619_4,
        -0.010_555_596_332_216_808,
        0.097_519_095_153_255_5,
        -0.115_089_598_160_285_62,
        0.087_983_153_824_996_87,
        -0.048_823_325_825_572_36,
        0.019_099_330_939_975_512,
        -0.004_215_019_937_782_498,
        -0.000_302_267_853_456_476_06,
        0.000_564_384_645_101_306_3,
        -0.000_121_512_562_346_542_44,
        -4.278_331_413_397_989e-5,
        2.426_146_251_821_396_5e-5,
        2.331_635_876_445_297e-6,
        -3.815_707_889_733_392e-6,
        -5.081_730_182_013_830_6e-8,
        6.023_600_930_255_473e-7,
        1.604_825_584_513_333_3e-10,
        -9.538_779_729_170_717e-8,
        -5.056_859_437_712_306e-9,
        1.189_367_258_215_036_8e-8,
        1.694_559_351_740_806_1e-9,
        -4.223_807_579_040_205e-10,
    ];
    // e^r = mantissa·(1 + ρ) and 1/(1 + 2a) = inverse·(1 + w + w² + …), the first factors so short that
    // their product is exact; what they leave is added to Q before it is rounded.
    let short = upper_half(mantissa);
    let rho = (mantissa - short + rest) / short;
    let d = upper_half(1.0 + 2.0 * a);
    let inverse = upper_half(1.0 / d);
    let w = (1.0 - d * inverse) - (2.0 * a - (d - 1.0)) * inverse;
    let tp = t * polynomial(t, c);
    let q = c0 + (tp + (c0 + tp) * (w + (rho + w * (w + rho))));
    let y = scale(short * inverse * q, e.n);
    let far = if x < 0.0 { 2.0 - y } else { y };

    let p = polynomial(
        a * a,
        [
            FRAC_2_SQRT_PI,
            -0.376_126_389_031_836_43,
            0.112_837_916_709_422_17,
            -0.026_866_170_639_148_215,
            0.005_223_977_486_349_511,
            -0.000_854_830_883_087_394,
            0.000_120_539_321_459_165_07,
            -1.486_254_011_492_041e-5,
            1.491_483_018_894_764e-6,
        ],
    );
    if a < 0.47 { 1.0 - x * p } else { far }
}
