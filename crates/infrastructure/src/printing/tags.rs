//! The structure of a file, for programs that read it aloud or take its tables: which text is a heading, a cell or a paragraph.

use pdf_writer::types::StructRole;
use pdf_writer::{Finish, Pdf, Ref};

/// A part of the structure.
struct Element {
    id: Ref,
    role: StructRole,
    parent: Option<usize>,
    children: Vec<Child>,
}

enum Child {
    Element(usize),
    /// Marked content of a page, by their numbers.
    Content(usize, i32),
}

/// The structure as it grows.
pub(super) struct Tags {
    elements: Vec<Element>,
    /// The open elements, from the root to the one that takes content now.
    open: Vec<usize>,
    /// The element of each number, by page.
    owners: Vec<Vec<Ref>>,
}

impl Tags {
    pub fn new(root: Ref) -> Self {
        let element = Element { id: root, role: StructRole::Document, parent: None, children: Vec::new() };
        Self { elements: vec![element], open: vec![0], owners: Vec::new() }
    }

    pub fn root(&self) -> Ref {
        self.elements[0].id
    }

    pub fn begin_page(&mut self) {
        self.owners.push(Vec::new());
    }

    pub fn open(&mut self, role: StructRole, id: Ref) {
        let (parent, index) = (self.current(), self.elements.len());
        self.elements.push(Element { id, role, parent: Some(parent), children: Vec::new() });
        self.elements[parent].children.push(Child::Element(index));
        self.open.push(index);
    }

    pub fn close(&mut self) {
        self.open.pop();
    }

    fn current(&self) -> usize {
        self.open.last().copied().unwrap_or_default()
    }

    /// The number of the content drawn next.
    pub fn mark(&mut self) -> i32 {
        let (current, page) = (self.current(), self.owners.len().saturating_sub(1));
        let owner = self.elements[current].id;
        let Some(owners) = self.owners.last_mut() else { return 0 };
        let number = i32::try_from(owners.len()).unwrap_or(i32::MAX);
        owners.push(owner);
        self.elements[current].children.push(Child::Content(page, number));
        number
    }

    /// Writes every element and, for each page, to which of them its content belongs.
    pub fn write(&self, pdf: &mut Pdf, root: Ref, pages: &[Ref], next: &mut Ref) -> Vec<Ref> {
        for element in &self.elements {
            let mut written = pdf.struct_element(element.id);
            written.kind(element.role);
            written.parent(element.parent.map_or(root, |parent| self.elements[parent].id));
            let mut children = written.children();
            for child in &element.children {
                match child {
                    Child::Element(index) => {
                        children.struct_element(self.elements[*index].id);
                    }
                    Child::Content(page, number) => {
                        let page = pages.get(*page).copied().unwrap_or(root);
                        children.marked_content_ref().page(page).marked_content_id(*number);
                    }
                }
            }
            children.finish();
            written.finish();
        }
        let write_owners = |owners: &Vec<Ref>| {
            let id = next.bump();
            pdf.indirect(id).array().items(owners);
            id
        };
        self.owners.iter().map(write_owners).collect()
    }
}
