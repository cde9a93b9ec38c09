//! `report.html`: one file that asks the network for nothing and executes nothing.
//!
//! Tera escapes every text. The page's own policy (CSP) allows no script, no image, no request and
//! only the one style sheet, by its hash, so that text which got past the escaping would still do
//! nothing. (W3C, "Content Security Policy Level 3".)

use sha2::{Digest as _, Sha256};
use tera::{Context, Kwargs, State, Tera};

use super::{View, figure, wording};

/// Name of the template that is rendered.
const PAGE: &str = "html/report.html";

/// Name of the style sheet.
const STYLE: &str = "html/report.css";

macro_rules! templates {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../../templates/", $name)))),+]
    };
}

/// The built-in templates and the style sheet, by name.
pub const TEMPLATES: &[(&str, &str)] = templates![
    "html/agent_changes.html",
    "html/approvers.html",
    "html/attention.html",
    "html/completeness.html",
    "html/contents.html",
    "html/cover.html",
    "html/denials.html",
    "html/exception.html",
    "html/exceptions.html",
    "html/method.html",
    "html/parts.html",
    "html/report.css",
    "html/report.html",
    "html/rules.html",
    "html/stories.html",
    "html/tables.html",
];

/// Why no page was made. Only an organisation's own templates can be at fault.
#[derive(Debug, thiserror::Error)]
pub enum HtmlError {
    /// A template cannot be read.
    #[error("templates cannot be read: {}; correct your template, or remove it to use the built-in one", chain(.0))]
    Syntax(#[source] tera::Error),
    /// A template asks for something that is not there.
    #[error("{PAGE} cannot be rendered: {}; correct your template, or remove it to use the built-in one", chain(.0))]
    Render(#[source] tera::Error),
    /// The style sheet would end the element that it stands in.
    #[error("{STYLE} holds `</`, which would end the style; remove it from your style sheet")]
    Style,
}

/// Renders the page. `templates` gives the organisation's own text of a template, by its name in
/// [`TEMPLATES`], where it has one.
///
/// # Errors
///
/// If one of these templates is faulty.
pub fn html(view: &View, templates: &dyn Fn(&str) -> Option<String>) -> Result<Vec<u8>, HtmlError> {
    let text = |name: &str, built_in: &str| templates(name).unwrap_or_else(|| built_in.to_owned());
    let (styles, pages): (Vec<_>, Vec<_>) = TEMPLATES
        .iter()
        .map(|(name, built_in)| (*name, text(name, built_in)))
        .partition(|(name, _)| *name == STYLE);
    let mut tera = Tera::new();
    tera.autoescape_on([".html"]);
    tera.register_filter("thousands", |n: u64, _: Kwargs, _: &State<'_>| wording::count(n));
    tera.add_raw_templates(pages).map_err(HtmlError::Syntax)?;

    let css = styles.into_iter().map(|(_, css)| css).collect::<String>() + figure::CSS;
    if css.contains("</") {
        return Err(HtmlError::Style);
    }
    let hash = base64(&Sha256::digest(css.as_bytes()));
    let csp = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; img-src data:; base-uri 'none'; \
         form-action 'none'"
    );
    let mut context = Context::from_serialize(view).map_err(HtmlError::Render)?;
    context.insert("css", &css);
    context.insert("csp", &csp);
    let figures = super::charts::verdicts(&view.rules, usize::MAX);
    let drawn: String = figures.iter().map(figure::svg).collect();
    context.insert("rules_figure", &drawn);
    tera.render(PAGE, &context).map(String::into_bytes).map_err(HtmlError::Render)
}

/// What a template error says, with what caused it, on one line.
fn chain(error: &tera::Error) -> String {
    let mut told = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        told = format!("{told}: {cause}");
        source = cause.source();
    }
    told.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Base64 with padding (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for group in bytes.chunks(3) {
        let bits = (0..3).fold(0, |b, i| b << 8 | u32::from(group.get(i).copied().unwrap_or(0)));
        for place in 0..4 {
            let digit = char::from(DIGITS[(bits >> (18 - 6 * place) & 63) as usize]);
            out.push(if place <= group.len() { digit } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Report, csv::write_table, sample, tables::TABLES};

    fn page(report: &Report<'_>) -> String {
        let tables = TABLES.iter().map(|table| write_table(report, table, std::io::sink()));
        let view = View::new(report, &tables.collect::<Result<Vec<_>, _>>().unwrap());
        String::from_utf8(html(&view, &|_| None).unwrap()).unwrap()
    }

    #[test]
    fn base64_as_in_the_standard() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn hostile_text_stays_text() {
        sample::hostile().with(|report| {
            let page = page(report);
            let lower = page.to_lowercase();
            for tag in ["<script", "<img", "<iframe", "<object", "<form", "onload=\"", "<svg/"] {
                assert!(!lower.contains(tag), "{tag}");
            }
            assert_eq!(lower.matches("</style>").count(), 1);
            assert_eq!(lower.matches("</title>").count(), 1 + lower.matches("<svg class").count());
            assert!(!page.contains("href=\"javascript"));
            assert!(!page.contains(['\u{0}', '\u{1b}', '\u{202e}', '\u{2028}']));
            assert!(page.contains("&lt;script&gt;") && page.contains("{{ 7*7 }}"));
            assert!(!page.contains(&"long ".repeat(100)));
        });
    }

    #[test]
    fn a_page_asks_the_network_for_nothing_and_is_the_same_twice() {
        sample::company().with(|report| {
            let one = page(report);
            assert_eq!(one, page(report));
            for word in ["src=", "@import", "url(", "<link", " style="] {
                assert!(!one.contains(word), "{word}");
            }
            assert!(one.contains("id=\"EX-") && one.contains("href=\"#EX-"));
            assert!(!one.to_lowercase().contains("compliant"));
        });
    }

    #[test]
    fn an_organisations_own_template_replaces_the_built_in_one() {
        sample::company().with(|report| {
            let view = View::new(report, &[]);
            let own = |name: &str| (name == PAGE).then(|| "{{ cover.organisation }}!".to_owned());
            assert_eq!(html(&view, &own).unwrap(), b"Acme Payments!");
            let broken = |name: &str| (name == PAGE).then(|| "{% if %}".to_owned());
            let error = html(&view, &broken).unwrap_err().to_string();
            assert!(error.starts_with("templates cannot be read: ") && !error.contains('\n'));
            let style = |name: &str| (name == STYLE).then(|| "a{}</style>".to_owned());
            assert!(matches!(html(&view, &style), Err(HtmlError::Style)));
        });
    }
}
