//! The outline a viewer shows beside the pages, nested as the headings are.

use lopdf::{Document as File, Object, ObjectId, dictionary};

use super::{destination, set_first_and_last, text};
use crate::report::pdf::display::Layout;

/// Writes the outline; none if there are no headings. Sections are closed except the first level.
pub(super) fn write(file: &mut File, layout: &Layout, pages: &[ObjectId]) -> Option<ObjectId> {
    if layout.outline.is_empty() {
        return None;
    }
    let root = file.new_object_id();
    let ids: Vec<ObjectId> = layout.outline.iter().map(|_| file.new_object_id()).collect();
    let parents = parents(layout);
    // Children of each entry; those of the root at the end
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); ids.len() + 1];
    for (entry, parent) in parents.iter().enumerate() {
        children[parent.unwrap_or(ids.len())].push(entry);
    }
    for (parent, siblings) in children.iter().enumerate() {
        for (place, &entry) in siblings.iter().enumerate() {
            let source = &layout.outline[entry];
            let mut item = dictionary! {
                "Title" => text(&source.title),
                "Parent" => ids.get(parent).copied().unwrap_or(root),
            };
            if let Some(page) = pages.get(source.page) {
                item.set("Dest", destination(*page, source.top));
            }
            if let Some(&previous) = place.checked_sub(1).and_then(|p| siblings.get(p)) {
                item.set("Prev", ids[previous]);
            }
            if let Some(&next) = siblings.get(place + 1) {
                item.set("Next", ids[next]);
            }
            let own: Vec<ObjectId> = children[entry].iter().map(|&child| ids[child]).collect();
            set_first_and_last(&mut item, &own);
            if !own.is_empty() {
                // Negative: closed, with so many to be seen when opened
                item.set("Count", -(own.len() as i64));
            }
            file.set_object(ids[entry], item);
        }
    }
    let top: Vec<ObjectId> = children[ids.len()].iter().map(|&child| ids[child]).collect();
    let mut outline = dictionary! { "Type" => "Outlines", "Count" => top.len() as i64 };
    set_first_and_last(&mut outline, &top);
    file.set_object(root, Object::Dictionary(outline));
    Some(root)
}

/// The nearest earlier entry of a higher level.
fn parents(layout: &Layout) -> Vec<Option<usize>> {
    let mut open: Vec<usize> = Vec::new();
    let entries = layout.outline.iter().enumerate();
    let parents = entries.map(|(index, entry)| {
        while open.last().is_some_and(|&last| layout.outline[last].level >= entry.level) {
            open.pop();
        }
        let parent = open.last().copied();
        open.push(index);
        parent
    });
    parents.collect()
}
