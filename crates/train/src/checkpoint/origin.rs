//! [`Origin`]: where a checkpoint was written.

use serde::{Deserialize, Serialize};

/// By which version and on what CPU a file was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The version of this crate.
    pub version: String,
    /// The architecture, and which of the features the CPU has that arithmetic here depends on:
    /// `x86_64 avx2 fma`. Where they differ, a run goes on, but perhaps not with the same bits.
    pub cpu: String,
}

impl Origin {
    /// This version and this CPU.
    pub fn here() -> Self {
        Self { version: env!("CARGO_PKG_VERSION").into(), cpu: cpu() }
    }
}

fn cpu() -> String {
    #[allow(unused_mut, reason = "elsewhere than on x86-64 nothing is asked")]
    let mut cpu = std::env::consts::ARCH.to_string();
    #[cfg(target_arch = "x86_64")]
    for (feature, there) in
        [(" avx2", std::is_x86_feature_detected!("avx2")), (" fma", std::is_x86_feature_detected!("fma"))]
    {
        cpu += if there { feature } else { "" };
    }
    cpu
}
