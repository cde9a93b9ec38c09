//! The output intent: sRGB as an ICC profile, put together from the numbers of its definition.
//!
//! ICC.1:2010 (version 4.3, profile version 4.2 as PDF 1.7 allows); primaries, white and curve
//! of IEC 61966-2-1, primaries adapted to the D50 white of the profile connection space by the
//! Bradford matrix (ICC.1:2010, annex E).

/// D50, the white of the connection space.
const WHITE: [f64; 3] = [0.9642, 1.0, 0.8249];
const RED: [f64; 3] = [0.43607, 0.22249, 0.01392];
const GREEN: [f64; 3] = [0.38515, 0.71687, 0.09708];
const BLUE: [f64; 3] = [0.14307, 0.06061, 0.71410];
/// From D65 to D50.
const ADAPTATION: [f64; 9] =
    [1.04788, 0.02292, -0.05022, 0.02959, 0.99048, -0.01707, -0.00925, 0.01508, 0.75168];
/// Exponent, slopes and threshold: (a·x + b)^g from d on, c·x below it.
const CURVE: [f64; 5] = [2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.04045];

/// The profile's bytes, always the same.
pub(super) fn srgb() -> Vec<u8> {
    let curve = numbers(b"para", &[0, 3, 0, 0], &CURVE);
    let tags: [(&[u8; 4], Vec<u8>); 10] = [
        (b"desc", localized("sRGB (IEC 61966-2-1)")),
        (b"cprt", localized("No copyright: numbers of a public standard")),
        (b"wtpt", numbers(b"XYZ ", &[], &WHITE)),
        (b"chad", numbers(b"sf32", &[], &ADAPTATION)),
        (b"rXYZ", numbers(b"XYZ ", &[], &RED)),
        (b"gXYZ", numbers(b"XYZ ", &[], &GREEN)),
        (b"bXYZ", numbers(b"XYZ ", &[], &BLUE)),
        (b"rTRC", curve.clone()),
        (b"gTRC", curve.clone()),
        (b"bTRC", curve),
    ];
    let table = 128 + 4 + 12 * tags.len();
    let mut data: Vec<u8> = Vec::new();
    let mut index = (tags.len() as u32).to_be_bytes().to_vec();
    for (name, content) in &tags {
        index.extend_from_slice(*name);
        index.extend(((table + data.len()) as u32).to_be_bytes());
        index.extend((content.len() as u32).to_be_bytes());
        data.extend_from_slice(content);
        data.resize(data.len().next_multiple_of(4), 0);
    }
    let mut profile = header((table + data.len()) as u32);
    profile.extend(index);
    profile.extend(data);
    profile
}

fn header(size: u32) -> Vec<u8> {
    let mut out = size.to_be_bytes().to_vec();
    out.extend([0; 4]);
    out.extend([4, 0x20, 0, 0]);
    out.extend(b"mntrRGB XYZ ");
    // A fixed date: 1 January 2026
    for part in [2026u16, 1, 1, 0, 0, 0] {
        out.extend(part.to_be_bytes());
    }
    out.extend(b"acsp");
    out.extend([0; 28]);
    for value in WHITE {
        out.extend(fixed(value));
    }
    out.resize(128, 0);
    out
}

/// A type signature, its reserved bytes, a prefix and numbers of sixteen fractional bits.
fn numbers(kind: &[u8; 4], prefix: &[u8], values: &[f64]) -> Vec<u8> {
    let mut out = kind.to_vec();
    out.extend([0; 4]);
    out.extend_from_slice(prefix);
    out.extend(values.iter().flat_map(|value| fixed(*value)));
    out
}

fn localized(text: &str) -> Vec<u8> {
    let text: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let mut out = b"mluc\0\0\0\0\0\0\0\x01\0\0\0\x0cenUS".to_vec();
    out.extend((text.len() as u32).to_be_bytes());
    out.extend(28u32.to_be_bytes());
    out.extend(text);
    out
}

fn fixed(value: f64) -> [u8; 4] {
    ((value * 65_536.0).round() as i32).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profile_is_well_formed_and_its_primaries_add_up_to_white() {
        let profile = srgb();
        assert_eq!(profile[..4], (profile.len() as u32).to_be_bytes());
        assert_eq!(&profile[36..40], b"acsp");
        for axis in 0..3 {
            let sum = RED[axis] + GREEN[axis] + BLUE[axis];
            assert!((sum - WHITE[axis]).abs() < 0.0005, "{axis}: {sum}");
        }
        let (gamma, a, b, c, d) = (CURVE[0], CURVE[1], CURVE[2], CURVE[3], CURVE[4]);
        assert!(((a * d + b).powf(gamma) - c * d).abs() < 1e-6, "the curve has no step");
    }
}
