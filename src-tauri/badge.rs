//! The tray's icon: the app's own, with a dot that says how all fabrics stand. Pure: pixels in, pixels out.

use crate::standing::Overall;

/// The colour of the dot, as red, green and blue; none where all is well and the icon says enough.
fn colour(overall: Overall) -> Option<[u8; 3]> {
    match overall {
        Overall::NeedsPerson => Some([0xd9, 0x3a, 0x30]),
        Overall::Working => Some([0x2f, 0x7d, 0xd1]),
        Overall::Offline => Some([0xe0, 0x9a, 0x1b]),
        Overall::Paused => Some([0x8a, 0x93, 0xa3]),
        Overall::Fine => None,
    }
}

/// `rgba`, an image of `width` pixels a row, with the dot in its lower right corner, on a ring that parts it
/// from the picture beneath.
pub(crate) fn with_dot(rgba: &[u8], width: u32, overall: Overall) -> Vec<u8> {
    let mut drawn = rgba.to_vec();
    let Some([red, green, blue]) = colour(overall) else { return drawn };
    let width = width as usize;
    let height = drawn.len() / 4 / width.max(1);
    let radius = (width.min(height) / 4).max(1);
    let ring = radius + (radius / 4).max(1);
    let (x, y) = (width.saturating_sub(radius + 1), height.saturating_sub(radius + 1));
    for row in y.saturating_sub(ring)..height {
        for column in x.saturating_sub(ring)..width {
            let distance = column.abs_diff(x).pow(2) + row.abs_diff(y).pow(2);
            let pixel = if distance <= radius * radius {
                [red, green, blue, 0xff]
            } else if distance <= ring * ring {
                [0; 4]
            } else {
                continue;
            };
            let at = (row * width + column) * 4;
            if let Some(place) = drawn.get_mut(at..at + 4) {
                place.copy_from_slice(&pixel);
            }
        }
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: usize = 32;

    fn pixel(image: &[u8], x: usize, y: usize) -> [u8; 4] {
        let at = (y * SIZE + x) * 4;
        [image[at], image[at + 1], image[at + 2], image[at + 3]]
    }

    #[test]
    fn the_dot_is_in_its_corner_and_the_rest_as_it_was() {
        let icon = vec![0x77; SIZE * SIZE * 4];
        let drawn = with_dot(&icon, 32, Overall::NeedsPerson);
        assert_eq!(drawn.len(), icon.len());
        assert_eq!(pixel(&drawn, 23, 23), [0xd9, 0x3a, 0x30, 0xff]);
        assert_eq!(pixel(&drawn, 23, 14), [0; 4], "the ring");
        assert_eq!(pixel(&drawn, 0, 0), [0x77; 4]);
        assert_eq!(with_dot(&icon, 32, Overall::Fine), icon);
    }

    #[test]
    fn each_state_looks_like_no_other_and_no_size_is_too_small() {
        let icon = vec![0; SIZE * SIZE * 4];
        let all = [Overall::NeedsPerson, Overall::Working, Overall::Offline, Overall::Paused, Overall::Fine];
        let looks: std::collections::BTreeSet<_> =
            all.iter().map(|each| with_dot(&icon, 32, *each)).collect();
        assert_eq!(looks.len(), all.len());
        for width in 0..4_u32 {
            let tiny = vec![0; (width * width * 4) as usize];
            assert_eq!(with_dot(&tiny, width, Overall::Working).len(), tiny.len());
        }
    }
}
