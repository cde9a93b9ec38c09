//! Metadata of the file: the XMP packet, and the dates it shares with the information dictionary.

use chrono::{DateTime, SecondsFormat, Utc};

use super::document::Document;

/// The program that wrote the file.
pub(super) const CREATOR: &str = concat!("sodpack ", env!("CARGO_PKG_VERSION"));
/// The library that wrote the objects.
pub(super) const PRODUCER: &str = "printpdf 0.12.8";

/// The time of creation; the epoch if the calendar does not reach so far.
pub(super) fn created(document: &Document) -> DateTime<Utc> {
    DateTime::from_timestamp(document.created, 0)
        .filter(|at| (0..=9999).contains(&chrono::Datelike::year(at)))
        .unwrap_or_default()
}

/// The metadata stream (ISO 16684-1), saying the same as the information dictionary.
///
/// It declares PDF/A-2b (ISO 19005-2): all fonts embedded, device colours tied to an output
/// intent, no transparency, no scripts, nothing outside the file.
pub(super) fn packet(document: &Document) -> String {
    let date = created(document).to_rfc3339_opts(SecondsFormat::Secs, true);
    let title = escape(&document.title);
    let author = escape(&document.author);
    let subject = escape(&document.subject);
    let language = escape(&document.language);
    let keywords = escape(&document.keywords.join(", "));
    format!(
        r#"<?xpacket begin="{bom}" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>{CREATOR}</xmp:CreatorTool>
<xmp:CreateDate>{date}</xmp:CreateDate>
<xmp:ModifyDate>{date}</xmp:ModifyDate>
<xmp:MetadataDate>{date}</xmp:MetadataDate>
<pdf:Producer>{PRODUCER}</pdf:Producer>
<pdf:Keywords>{keywords}</pdf:Keywords>
<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>B</pdfaid:conformance>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"#,
        bom = '\u{feff}'
    )
}

/// Markup becomes references; what XML 1.0 forbids becomes U+FFFD.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_element() {
        let title = "A & B </rdf:li><x>\u{0}".into();
        let xml = packet(&Document { title, created: 1_793_491_200, ..Document::default() });
        assert!(xml.contains("A &amp; B &lt;/rdf:li&gt;&lt;x&gt;\u{fffd}</rdf:li>"), "{xml}");
        assert!(xml.contains("<xmp:CreateDate>2026-11-01T00:00:00Z<"), "{xml}");
    }

    #[test]
    fn a_time_beyond_the_calendar_is_the_epoch() {
        let document = Document { created: i64::MAX, ..Document::default() };
        assert_eq!(created(&document).timestamp(), 0);
    }
}
