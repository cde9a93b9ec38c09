//! The logical structure: headings, paragraphs, tables and figures for screen readers and for
//! programs that take the text out (ISO 32000-1, 14.7).

use lopdf::{Dictionary, Document as File, Object, ObjectId, dictionary};

use super::text;
use crate::report::pdf::Error;
use crate::report::pdf::display::{Cmd, Layout};

/// Writes one element a node and ties the marked content of the pages to them.
pub(super) fn write(
    file: &mut File,
    layout: &Layout,
    pages: &[ObjectId],
) -> Result<ObjectId, Error> {
    let root = file.new_object_id();
    let ids: Vec<ObjectId> = layout.nodes.iter().map(|_| file.new_object_id()).collect();
    let mut kids: Vec<Vec<Object>> = vec![Vec::new(); ids.len()];
    for (index, node) in layout.nodes.iter().enumerate().skip(1) {
        kids[node.parent].push(ids[index].into());
    }
    let mut numbers = Vec::new();
    for (index, (commands, page)) in layout.pages.iter().zip(pages).enumerate() {
        let mut owners: Vec<Object> = Vec::new();
        for node in commands.iter().filter_map(begun) {
            kids[node].push(Object::Dictionary(dictionary! {
                "Type" => "MCR",
                "Pg" => *page,
                "MCID" => owners.len() as i64,
            }));
            owners.push(ids[node].into());
        }
        numbers.extend([Object::from(index as i64), file.add_object(owners).into()]);
        let page = file.get_dictionary_mut(*page)?;
        page.set("StructParents", index as i64);
        page.set("Tabs", "S");
    }
    for (index, kids) in kids.into_iter().enumerate() {
        let element = element(layout, index, &ids, root, kids);
        file.set_object(ids[index], element);
    }
    let parents = file.add_object(dictionary! { "Nums" => numbers });
    file.set_object(
        root,
        dictionary! {
            "Type" => "StructTreeRoot",
            "K" => ids.first().copied().map_or(Object::Null, Object::from),
            "ParentTree" => parents,
            "ParentTreeNextKey" => pages.len() as i64,
        },
    );
    Ok(root)
}

fn element(
    layout: &Layout,
    index: usize,
    ids: &[ObjectId],
    root: ObjectId,
    kids: Vec<Object>,
) -> Dictionary {
    let node = &layout.nodes[index];
    let mut element = dictionary! {
        "Type" => "StructElem",
        "S" => node.role,
        "P" => if index == 0 { root } else { ids[node.parent] },
        "K" => kids,
    };
    if let Some(alternative) = &node.alternative {
        element.set("Alt", text(alternative));
    }
    if let Some(scope) = node.scope {
        element.set("A", dictionary! { "O" => "Table", "Scope" => scope });
    }
    element
}

/// The node whose content begins; the writer numbers the same commands in the same order.
fn begun(command: &Cmd) -> Option<usize> {
    match command {
        Cmd::Begin { node } => Some(*node),
        _ => None,
    }
}
