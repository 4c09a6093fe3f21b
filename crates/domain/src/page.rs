//! Pagination: page numbers, page sizes and pages of lists.

/// Page number, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageNumber(i64);

/// Maximum number of items of a page, 1 to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageSize(i64);

/// Error of [`PageNumber::new`] and [`PageSize::new`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// A page number below 1.
    #[error("The page must be a number from 1 on.")]
    Number,
    /// A page size outside 1 to 100.
    #[error("The page size must be a number from 1 to 100.")]
    Size,
}

/// Start position in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position<Key> {
    /// At the start of a numbered page.
    Page(PageNumber),
    /// After the item with this key, in the order of the list.
    After(Key),
}

impl<Key> Position<Key> {
    /// Whether the page may be empty. A numbered page after the first one that is empty is past the end of the list.
    #[must_use]
    pub fn may_be_empty(&self) -> bool {
        matches!(self, Self::Page(PageNumber::FIRST) | Self::After(_))
    }
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<Item> {
    /// The items, in the order of the list.
    pub items: Vec<Item>,
    /// Whether more items follow.
    pub has_more: bool,
    /// Number of items in the whole list; `None` if the list was read by cursor.
    pub total: Option<i64>,
}

impl<Item> Page<Item> {
    /// Converts the items of the page.
    ///
    /// Fails with the first error of `make`.
    pub fn try_map<Other, E>(self, make: impl FnMut(Item) -> Result<Other, E>) -> Result<Page<Other>, E> {
        let items = self.items.into_iter().map(make).collect::<Result<_, _>>()?;
        Ok(Page { items, has_more: self.has_more, total: self.total })
    }
}

impl PageNumber {
    /// The first page.
    pub const FIRST: Self = Self(1);

    /// Accepts a number of at least 1.
    pub const fn new(number: i64) -> Result<Self, PageError> {
        if number >= 1 { Ok(Self(number)) } else { Err(PageError::Number) }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Number of items before the page; [`i64::MAX`] on overflow.
    #[must_use]
    pub const fn offset(self, size: PageSize) -> i64 {
        (self.0 - 1).saturating_mul(size.0)
    }
}

impl PageSize {
    /// Maximum page size.
    pub const MAX: i64 = 100;
    /// Default page size.
    pub const DEFAULT: Self = Self(10);

    /// Accepts a number from 1 to 100.
    pub const fn new(size: i64) -> Result<Self, PageError> {
        if 1 <= size && size <= Self::MAX { Ok(Self(size)) } else { Err(PageError::Size) }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Number of pages that hold all items.
    #[must_use]
    pub const fn pages(self, items: i64) -> i64 {
        items / self.0 + if items % self.0 > 0 { 1 } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_outside_their_range_are_refused() {
        for number in [0, -1, i64::MIN] {
            assert_eq!(PageNumber::new(number), Err(PageError::Number));
        }
        for size in [0, -1, 101, i64::MAX] {
            assert_eq!(PageSize::new(size), Err(PageError::Size));
        }
    }

    proptest! {
        #[test]
        fn the_offset_never_overflows(number in 1..=i64::MAX, size in 1..=PageSize::MAX) {
            let offset = PageNumber::new(number).unwrap().offset(PageSize::new(size).unwrap());
            prop_assert!(offset >= number - 1);
        }

        #[test]
        fn pages_cover_every_item_and_no_page_is_empty(items in 0_i64..1_000_000, size in 1..=PageSize::MAX) {
            let size = PageSize::new(size).unwrap();
            let pages = size.pages(items);
            prop_assert!(pages * size.get() >= items);
            prop_assert!(pages == 0 || (pages - 1) * size.get() < items);
        }
    }
}
