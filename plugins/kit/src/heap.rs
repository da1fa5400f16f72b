//! An instance lives for one call and is thrown away whole, so giving memory back inside it is work for nothing, and the
//! fuel that it burns is the company's. This allocator only ever goes forward.

use std::alloc::{GlobalAlloc, Layout};
use std::arch::wasm32::{memory_grow, memory_size};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

const PAGE: usize = 65_536;

#[global_allocator]
static HEAP: Heap = Heap { next: AtomicUsize::new(0), end: AtomicUsize::new(0) };

/// Addresses. They are atomic for the compiler's sake alone: a guest has one thread.
struct Heap {
    next: AtomicUsize,
    end: AtomicUsize,
}

unsafe extern "C" {
    /// Where the linker says that nothing of its own follows.
    static __heap_base: u8;
}

// SAFETY: what is handed out lies between `__heap_base` and the end of memory, is aligned, and is never handed out twice.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if self.next.load(Relaxed) == 0 {
            self.next.store(&raw const __heap_base as usize, Relaxed);
            self.end.store(memory_size(0) * PAGE, Relaxed);
        }
        let start = self.next.load(Relaxed).next_multiple_of(layout.align());
        let end = self.end.load(Relaxed);
        let Some(next) = start.checked_add(layout.size()) else { return null_mut() };
        if next > end {
            let pages = (next - end).div_ceil(PAGE);
            if memory_grow(0, pages) == usize::MAX {
                return null_mut();
            }
            self.end.store(end + pages * PAGE, Relaxed);
        }
        self.next.store(next, Relaxed);
        start as *mut u8
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // A text that is being written is mostly the last block: it grows where it is.
        let is_last = block as usize + layout.size() == self.next.load(Relaxed);
        let (wanted, align) =
            if is_last { (size.saturating_sub(layout.size()), 1) } else { (size, layout.align()) };
        // SAFETY: the alignment is a power of two, and the size was checked by the caller.
        let fresh = unsafe { self.alloc(Layout::from_size_align_unchecked(wanted, align)) };
        if is_last || fresh.is_null() {
            return if fresh.is_null() { fresh } else { block };
        }
        // SAFETY: both blocks are ours, do not overlap, and are at least this long.
        unsafe { block.copy_to_nonoverlapping(fresh, layout.size().min(size)) };
        fresh
    }
}
