//! An SVG chart of the figures against their aims.

use std::{fmt::Write, fs, path::Path};

use anyhow::Context;

use crate::figures::Figure;

const WIDTH: f64 = 860.0;
const ROW: f64 = 30.0;
const TOP: f64 = 48.0;
/// X coordinate at which bars begin.
const LEFT: f64 = 330.0;
/// Length of a bar that reaches its aim exactly.
const AIM: f64 = 170.0;
/// Maximum length of a bar, in multiples of `AIM`.
const MOST: f64 = 2.0;

/// Writes the chart into a file.
pub(crate) fn write(path: &Path, figures: &[Figure]) -> anyhow::Result<()> {
    fs::write(path, draw(figures)).with_context(|| format!("{} cannot be written", path.display()))
}

/// The length of each bar is the reached fraction of its aim, so all bars share one line for the aim.
#[expect(clippy::cast_precision_loss, reason = "there is a handful of figures")]
fn draw(figures: &[Figure]) -> String {
    let bottom = TOP + ROW * figures.len() as f64;
    let height = bottom + 16.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" \
         viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" font-size=\"13\" role=\"img\">\n\
         <title>Figures against their aims</title>\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#ffffff\"/>\n"
    );
    let line = LEFT + AIM;
    text(&mut svg, (line, 24.0), "middle", "the aim; further right is better");
    for (index, figure) in figures.iter().enumerate() {
        let top = TOP + ROW * index as f64;
        let colour = if figure.is_met() { "#2f7d4f" } else { "#b3432f" };
        // A figure without a measured value has no bar.
        let reached = if figure.reached().is_finite() { figure.reached().clamp(0.0, MOST) } else { 0.0 };
        let length = reached * AIM;
        text(&mut svg, (LEFT - 10.0, top + 19.0), "end", figure.quantity.name);
        let _ = writeln!(
            svg,
            "<rect x=\"{LEFT}\" y=\"{:.1}\" width=\"{length:.1}\" height=\"{:.1}\" fill=\"{colour}\"/>",
            top + 5.0,
            ROW - 10.0
        );
        let label = format!("{} ({})", figure.quantity.shown(), figure.aim());
        text(&mut svg, (LEFT + AIM * MOST + 10.0, top + 19.0), "start", &label);
    }
    let _ = writeln!(
        svg,
        "<line x1=\"{line}\" y1=\"{:.1}\" x2=\"{line}\" y2=\"{bottom:.1}\" stroke=\"#222222\" stroke-dasharray=\"4 3\"/>",
        TOP - 14.0
    );
    svg.push_str("</svg>\n");
    svg
}

fn text(svg: &mut String, (x, y): (f64, f64), anchor: &str, words: &str) {
    let words = words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let _ = writeln!(
        svg,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"#222222\">{words}</text>"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_for_svg() {
        let mut svg = String::new();
        text(&mut svg, (1.0, 2.0), "end", "a < b & c");
        assert!(svg.contains("a &lt; b &amp; c"));
    }
}
