//! Initialisers: known answers, moments, bounds, orthogonality.

use glassgrad_autograd::{Init, Tape};
use glassgrad_tensor::Scalar;
use ndarray::Array2;

/// The start of the one parameter `[rows, columns]`.
fn draw<T: Scalar>(init: Init, [rows, columns]: [usize; 2], seed: u64) -> Array2<T> {
    let (tape, _) = Tape::record(|tape| tape.param("w", [rows, columns], init)).unwrap();
    Array2::from_shape_vec((rows, columns), tape.layout().initial(seed)).unwrap()
}

fn every_random() -> Vec<Init> {
    vec![
        Init::Uniform { low: -1.0, high: 3.0 },
        Init::Normal { mean: 2.0, std: 0.5 },
        Init::TruncatedNormal { mean: 2.0, std: 0.5 },
        Init::GlorotUniform,
        Init::GlorotNormal,
        Init::HeUniform,
        Init::HeNormal,
        Init::LecunUniform,
        Init::LecunNormal,
        Init::Orthogonal { gain: 2.0 },
    ]
}

#[test]
fn what_is_drawn_does_not_change() {
    // Guards against other draws by another version of rand_distr: a seed must keep its meaning.
    let known = [
        [
            -0.001_226_469_573_007_094,
            0.275_240_419_175_043_27,
            0.483_194_876_004_312_77,
            1.418_973_201_238_841,
            0.062_167_536_571_423_376,
            0.225_653_126_869_124_42,
        ],
        [
            1.568_355_874_372_76,
            1.429_634_269_511_545,
            1.864_261_694_323_548_4,
            2.147_455_342_820_891_6,
            1.724_280_160_216_444,
            1.915_302_248_332_385_2,
        ],
        [
            1.568_355_874_372_76,
            1.429_634_269_511_545,
            1.864_261_694_323_548_4,
            2.147_455_342_820_891_6,
            1.724_280_160_216_444,
            1.915_302_248_332_385_2,
        ],
        [
            -0.548_394_322_556_395_8,
            -0.396_967_171_185_817_37,
            -0.283_065_824_246_692_24,
            0.229_481_073_308_664_52,
            -0.513_671_995_380_470_1,
            -0.424_127_249_747_371_6,
        ],
        [
            -0.545_991_430_245_574_1,
            -0.721_461_923_059_704_1,
            -0.171_696_884_667_899_8,
            0.186_517_894_589_990_24,
            -0.348_761_075_925_097_8,
            -0.107_135_123_185_994_91,
        ],
        [
            -0.707_974_026_138_539_9,
            -0.512_482_414_331_246_6,
            -0.365_436_407_729_305_1,
            0.296_258_791_731_420_56,
            -0.663_147_694_507_231_4,
            -0.547_545_924_981_441_4,
        ],
        [
            -0.704_871_905_504_359,
            -0.931_403_337_644_336_9,
            -0.221_659_724_971_490_5,
            0.240_793_566_505_567_55,
            -0.450_248_612_954_428_1,
            -0.138_310_849_297_746_12,
        ],
        [
            -0.500_613_234_786_503_5,
            -0.362_379_790_412_478_36,
            -0.258_402_561_997_843_6,
            0.209_486_600_619_420_48,
            -0.468_916_231_714_288_3,
            -0.387_173_436_565_437_8,
        ],
        [
            -0.498_419_704_250_015_5,
            -0.658_601_616_068_094_1,
            -0.156_737_094_643_286_03,
            0.170_266_763_742_180_72,
            -0.318_373_847_439_913_26,
            -0.097_800_539_450_106_92,
        ],
        [
            -1.185_752_054_320_312_8,
            -1.566_828_543_439_143_6,
            -0.372_881_189_039_524_05,
            1.607_284_634_911_453,
            -1.121_531_295_749_017_8,
            -0.398_501_762_898_341_94,
        ],
    ];
    for (init, known) in every_random().into_iter().zip(known) {
        let drawn = draw::<f64>(init.clone(), [2, 3], 0);
        assert_eq!(drawn.as_slice().unwrap(), known, "{init:?}");
    }
}

#[test]
fn constants_and_values_are_themselves() {
    assert_eq!(draw::<f64>(Init::ZEROS, [2, 2], 1), Array2::zeros((2, 2)));
    assert_eq!(draw::<f32>(Init::Constant(0.1), [1, 2], 1), Array2::from_elem((1, 2), 0.1_f32));
    let values = Init::rows([[1.0, 2.0], [3.0, 4.0]]);
    assert_eq!(draw::<f64>(values, [2, 2], 1), ndarray::array![[1.0, 2.0], [3.0, 4.0]]);
}

#[test]
fn f32_starts_are_f64_starts_rounded() {
    for init in every_random() {
        let [exact, rounded] =
            [draw::<f64>(init.clone(), [4, 5], 9), draw::<f32>(init, [4, 5], 9).mapv(f64::from)];
        assert_eq!(exact.mapv(|x| f64::from(x as f32)), rounded);
    }
}

#[test]
fn means_and_deviations_are_those_promised() {
    let (rows, columns) = (200, 300);
    let fans = (rows + columns) as f64;
    // Of a Gaussian cut at ±2σ: variance 1 − 4φ(2)/(2Φ(2) − 1).
    let truncated = 0.5 * 0.773_741_303_549_923_2_f64.sqrt();
    for (init, mean, std) in [
        (Init::Uniform { low: -1.0, high: 3.0 }, 1.0, 4.0 / 12_f64.sqrt()),
        (Init::Normal { mean: 2.0, std: 0.5 }, 2.0, 0.5),
        (Init::TruncatedNormal { mean: 2.0, std: 0.5 }, 2.0, truncated),
        (Init::GlorotUniform, 0.0, (2.0 / fans).sqrt()),
        (Init::GlorotNormal, 0.0, (2.0 / fans).sqrt()),
        (Init::HeUniform, 0.0, (2.0 / columns as f64).sqrt()),
        (Init::HeNormal, 0.0, (2.0 / columns as f64).sqrt()),
        (Init::LecunUniform, 0.0, (1.0 / columns as f64).sqrt()),
        (Init::LecunNormal, 0.0, (1.0 / columns as f64).sqrt()),
    ] {
        let drawn = draw::<f64>(init.clone(), [rows, columns], 1);
        // 60 000 draws: the mean is within 5 of its standard errors, the deviation within 2 %.
        let error = (drawn.mean().unwrap() - mean).abs();
        assert!(error <= 5.0 * std / (drawn.len() as f64).sqrt(), "{init:?}: mean off by {error}");
        assert!((drawn.std(0.0) / std - 1.0).abs() <= 0.02, "{init:?}: std {}", drawn.std(0.0));
    }
}

#[test]
fn bounds_hold() {
    let (rows, columns) = (50, 40);
    for (init, low, high) in [
        (Init::Uniform { low: -1.0, high: 3.0 }, -1.0, 3.0),
        (Init::TruncatedNormal { mean: 2.0, std: 0.5 }, 1.0, 3.0),
        (Init::GlorotUniform, -(6.0_f64 / 90.0).sqrt(), (6.0_f64 / 90.0).sqrt()),
        (Init::HeUniform, -(6.0_f64 / 40.0).sqrt(), (6.0_f64 / 40.0).sqrt()),
        (Init::LecunUniform, -(3.0_f64 / 40.0).sqrt(), (3.0_f64 / 40.0).sqrt()),
    ] {
        let drawn = draw::<f64>(init.clone(), [rows, columns], 2);
        let (least, most) = drawn.iter().fold((f64::MAX, f64::MIN), |(l, m), &x| (l.min(x), m.max(x)));
        assert!(low <= least && most <= high, "{init:?}: {least} to {most}");
        assert!(least - low < 0.02 * (high - low) && high - most < 0.02 * (high - low), "{init:?} is narrow");
    }
}

#[test]
fn orthogonal_rows_or_columns_are_orthonormal_times_the_gain() {
    for shape in [[1, 1], [5, 5], [3, 8], [8, 3], [1, 6], [6, 1], [60, 60]] {
        for gain in [1.0, 2_f64.sqrt()] {
            let w = draw::<f64>(Init::Orthogonal { gain }, shape, 4);
            let gram = if shape[0] <= shape[1] { w.dot(&w.t()) } else { w.t().dot(&w) };
            for ((i, j), product) in gram.indexed_iter() {
                let expected = if i == j { gain * gain } else { 0.0 };
                assert!((product - expected).abs() <= 1e-14 * gain * gain, "{shape:?} [{i}, {j}]: {product}");
            }
        }
    }
}

#[test]
fn a_square_orthogonal_matrix_turns_either_way() {
    // Uniform over all orthogonal matrices, so both signs of [1, 1] occur.
    let signs: Vec<f64> =
        (0..20).map(|seed| draw(Init::Orthogonal { gain: 1.0 }, [1, 1], seed)[[0, 0]]).collect();
    assert!(signs.contains(&1.0) && signs.contains(&-1.0), "{signs:?}");
}

#[test]
fn seeds_and_segments_have_streams_of_their_own() {
    let normal = || Init::Normal { mean: 0.0, std: 1.0 };
    let record = |segments: usize| {
        Tape::record(|tape| {
            for i in 0..segments {
                tape.param(&i.to_string(), [1, 3], normal());
            }
        })
        .unwrap()
        .0
    };
    let (short, long) = (record(2).layout().initial::<f64>(0), record(3).layout().initial::<f64>(0));
    assert_eq!(short, long[..6], "a further layer leaves the others' start unchanged");
    assert_ne!(long[..3], long[3..6]);
    assert_ne!(long, record(3).layout().initial::<f64>(1));
}
