//! Pictures drawn as SVG, each with a title and a description. Colour never carries meaning alone.

pub mod bars;
pub mod qr;
pub mod sankey;
pub mod seats;
pub mod slopes;

/// Text as it may stand inside SVG.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The head of a picture with its title and description, which a screen reader reads.
fn head(class: &str, width: f64, height: f64, title: &str, description: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"{class}\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
         aria-label=\"{}\"><title>{}</title><desc>{}</desc>",
        escaped(title),
        escaped(title),
        escaped(description)
    )
}
