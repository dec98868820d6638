//! A4 pages typeset by typst from a built-in template. The view reaches it as JSON in a virtual file, so text from outside is data and
//! never markup.

use std::sync::LazyLock;

use chrono::{Datelike, Timelike};
use demarc_model::Run;
use serde_json::{Value, json};
use typst::{
    Feature, Library, LibraryExt, World,
    diag::{FileError, FileResult, SourceDiagnostic},
    foundations::{Bytes, Datetime, Duration, Smart},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::{ReportError, view::View};

/// Typesets the report as PDF/A-3a and PDF/UA-1 with the run attached as JSON.
pub fn render(view: &View, run: &Run, attachment: Vec<u8>) -> Result<Vec<u8>, ReportError> {
    let ended = run.ended;
    let mut data = json!({
        "view": view,
        "width": crate::drawing::WIDTH,
        // The document is as old as the visit: the same run gives the same bytes.
        "date": [ended.year(), ended.month(), ended.day(), ended.hour(), ended.minute(), ended.second()],
    });
    printable(&mut data);
    let data = serde_json::to_vec(&data).map_err(|error| ReportError::Run(error.to_string()))?;
    let desk = Desk::new(data, attachment)?;
    let document: PagedDocument = typst::compile(&desk).output.map_err(|errors| complaint(&errors))?;
    let options = PdfOptions {
        ident: Smart::Auto,
        creator: Smart::Custom(Some(format!("Demarc {}", env!("CARGO_PKG_VERSION")))),
        standards: PdfStandards::new(&[PdfStandard::A_3a, PdfStandard::Ua_1])
            .map_err(|error| ReportError::Typesetting(error.message().to_string()))?,
        ..PdfOptions::default()
    };
    let bytes = typst_pdf::pdf(&document, &options).map_err(|errors| complaint(&errors));
    // What the typesetter remembers between documents is never asked for again.
    typst::comemo::evict(0);
    bytes
}

fn complaint(errors: &[SourceDiagnostic]) -> ReportError {
    ReportError::Typesetting(errors.iter().take(3).map(|error| error.message.to_string()).collect::<Vec<_>>().join("; "))
}

static FONTS: LazyLock<Vec<Font>> = LazyLock::new(|| {
    [include_bytes!("../fonts/IBMPlexSans-Regular.ttf").as_slice(), include_bytes!("../fonts/IBMPlexSans-SemiBold.ttf").as_slice()]
        .into_iter()
        .filter_map(|bytes| Font::new(Bytes::new(bytes), 0))
        .collect()
});

/// With the means to say which cells are headings, for tables whose headings stand at the left.
static LIBRARY: LazyLock<LazyHash<Library>> =
    LazyLock::new(|| LazyHash::new(Library::builder().with_features([Feature::A11yExtras].into_iter().collect()).build()));

static BOOK: LazyLock<LazyHash<FontBook>> = LazyLock::new(|| LazyHash::new(FontBook::from_fonts(FONTS.iter())));

/// Everything that the typesetter can reach: the template, the view and the attachment.
struct Desk {
    template: Source,
    files: [(FileId, Bytes); 2],
}

impl Desk {
    fn new(data: Vec<u8>, attachment: Vec<u8>) -> Result<Self, ReportError> {
        let id = |path: &str| {
            let path = VirtualPath::new(path).map_err(|_| ReportError::Typesetting(format!("no file `{path}`")))?;
            Ok(FileId::new(RootedPath::new(VirtualRoot::Project, path)))
        };
        Ok(Self {
            template: Source::new(id("/template.typ")?, include_str!("template.typ").to_owned()),
            files: [(id("/report.json")?, Bytes::new(data)), (id("/demarc-run.json")?, Bytes::new(attachment))],
        })
    }
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &BOOK
    }

    fn main(&self) -> FileId {
        self.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.template.id() { Ok(self.template.clone()) } else { Err(missing(id)) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.iter().find(|(known, _)| *known == id).map(|(_, bytes)| bytes.clone()).ok_or_else(|| missing(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn missing(id: FileId) -> FileError {
    FileError::NotFound(id.get().vpath().get_with_slash().into())
}

/// A word longer than this may be broken, in letters. The ids that the template compares are all shorter.
const LONG_WORD: usize = 14;

/// Replaces what the fonts have no shape for (an archivable document may not hold such letters) and lets long words break.
fn printable(value: &mut Value) {
    match value {
        Value::String(text) if !text.is_empty() => *text = breakable(&text.chars().map(drawable).collect::<String>()),
        Value::Array(values) => values.iter_mut().for_each(printable),
        Value::Object(fields) => fields.values_mut().for_each(printable),
        _ => {}
    }
}

fn drawable(c: char) -> char {
    // Letters without a meaning of their own (private use) are forbidden even where a font draws them.
    let private = matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..);
    let drawn = !private && FONTS.first().is_some_and(|font| font.info().coverage.contains(u32::from(c)));
    if drawn { c } else { '?' }
}

fn is_address(word: &str) -> bool {
    let bare = word.trim_matches(['(', ')', ',', ';']);
    let address = bare.split('/').next().unwrap_or(bare);
    address.parse::<std::net::IpAddr>().is_ok() || (bare.len() == 17 && bare.matches(':').count() == 5)
}

fn breakable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_inclusive(' ') {
        // An address is copied into other programs, where an invisible character would break it.
        if word.chars().count() <= LONG_WORD || is_address(word.trim()) {
            out.push_str(word);
            continue;
        }
        let mut since = 0;
        for c in word.chars() {
            out.push(c);
            since += 1;
            let sign = matches!(c, '/' | ':' | '.' | '-' | '_' | '@' | '&' | '=');
            if (sign && since > 3) || since >= LONG_WORD {
                out.push('\u{200b}');
                since = 0;
            }
        }
    }
    out
}
