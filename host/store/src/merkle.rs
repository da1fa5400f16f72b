//! The arithmetic of the audit's tree: RFC 6962, section 2.1, with SHA-256.
//!
//! A leaf is an entry as an export has it: its number in the journal, a space, and the bytes of the entry. So nothing is stored
//! twice, what is sealed stays sealed, and whoever has the line has the leaf. Everything is told from the hashes of complete
//! subtrees, which never change: a root or a proof takes some twenty of them in a tree of a million.

use sha2::{Digest as _, Sha256};

/// A hash of the tree.
pub type Hash = [u8; 32];

/// The hash of an entry.
pub(crate) fn leaf(seq: u64, entry: &[u8]) -> Hash {
    let number = seq.to_string();
    Sha256::new()
        .chain_update([0])
        .chain_update(number)
        .chain_update(b" ")
        .chain_update(entry)
        .finalize()
        .into()
}

/// The hash of two subtrees, side by side.
pub(crate) fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The hash of no entries.
pub(crate) fn empty() -> Hash {
    Sha256::digest([]).into()
}

/// Where the hashes of complete subtrees are.
pub(crate) trait Subtrees {
    /// Why one cannot be told.
    type Error;

    /// The hash of the 2^level leaves that begin at leaf `index` · 2^level, all of which are there.
    fn subtree(&self, level: u32, index: u64) -> Result<Hash, Self::Error>;

    /// The root of the tree of the first `size` leaves.
    fn root(&self, size: u64) -> Result<Hash, Self::Error> {
        self.range(0, size)
    }

    /// The proof that leaf `index` is in the tree of the first `size`, which are more: PATH(m, D[n]).
    fn inclusion(&self, index: u64, size: u64) -> Result<Vec<Hash>, Self::Error> {
        let (mut start, mut n, mut path) = (0, size, Vec::new());
        while n > 1 {
            let left = half(n);
            if index - start < left {
                path.push(self.range(start + left, n - left)?);
                n = left;
            } else {
                path.push(self.range(start, left)?);
                (start, n) = (start + left, n - left);
            }
        }
        path.reverse();
        Ok(path)
    }

    /// The proof that the tree of the first `size` leaves begins with that of the first `old`: PROOF(m, D[n]).
    fn consistency(&self, old: u64, size: u64) -> Result<Vec<Hash>, Self::Error> {
        let (mut start, mut n, mut proof) = (0, size, Vec::new());
        if old == 0 || old >= size {
            return Ok(proof);
        }
        while old - start != n {
            let left = half(n);
            if old - start <= left {
                proof.push(self.range(start + left, n - left)?);
                n = left;
            } else {
                proof.push(self.range(start, left)?);
                (start, n) = (start + left, n - left);
            }
        }
        // Whoever has the old root knows the subtree that is all of the old tree.
        if start != 0 {
            proof.push(self.range(start, n)?);
        }
        proof.reverse();
        Ok(proof)
    }

    /// The hash of `n` leaves from `start` on, where `start` is a multiple of the largest power of two within `n`.
    fn range(&self, start: u64, n: u64) -> Result<Hash, Self::Error> {
        match n {
            0 => Ok(empty()),
            n if n.is_power_of_two() => self.subtree(n.trailing_zeros(), start >> n.trailing_zeros()),
            n => {
                let left = half(n);
                Ok(node(&self.range(start, left)?, &self.range(start + left, n - left)?))
            }
        }
    }
}

/// The largest power of two below `n`, which is 2 at least.
fn half(n: u64) -> u64 {
    1 << (n - 1).ilog2()
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::*;

    /// A tree that keeps its leaves, and computes everything as the text of RFC 6962 defines it.
    struct Naive(Vec<Hash>);

    impl Naive {
        fn mth(leaves: &[Hash]) -> Hash {
            match leaves {
                [] => Sha256::digest([]).into(),
                [one] => *one,
                more => {
                    let (left, right) = more.split_at(more.len().next_power_of_two() / 2);
                    node(&Self::mth(left), &Self::mth(right))
                }
            }
        }

        fn path(m: usize, leaves: &[Hash]) -> Vec<Hash> {
            if leaves.len() < 2 {
                return Vec::new();
            }
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            let (mut within, beside) = match m.checked_sub(left.len()) {
                None => (Self::path(m, left), Self::mth(right)),
                Some(m) => (Self::path(m, right), Self::mth(left)),
            };
            within.push(beside);
            within
        }

        fn subproof(m: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
            if m == leaves.len() {
                return if whole { Vec::new() } else { vec![Self::mth(leaves)] };
            }
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            let (mut within, beside) = if m <= left.len() {
                (Self::subproof(m, left, whole), Self::mth(right))
            } else {
                (Self::subproof(m - left.len(), right, false), Self::mth(left))
            };
            within.push(beside);
            within
        }
    }

    impl Subtrees for Naive {
        type Error = Infallible;

        fn subtree(&self, level: u32, index: u64) -> Result<Hash, Infallible> {
            let (first, many) = (usize::try_from(index << level).unwrap(), 1 << level);
            Ok(Self::mth(&self.0[first..first + many]))
        }
    }

    proptest! {
        #[test]
        fn roots_and_proofs_are_as_rfc_6962_defines_them(n in 0..300u64, m in 0..300u64) {
            let tree = Naive((0..n).map(|n| leaf(n, b"{}")).collect());
            let Ok(root) = tree.root(n);
            prop_assert_eq!(root, Naive::mth(&tree.0));
            if n > 0 {
                let m = m % n;
                let at = usize::try_from(m).unwrap();
                prop_assert_eq!(tree.inclusion(m, n), Ok(Naive::path(at, &tree.0)));
                prop_assert_eq!(tree.consistency(m + 1, n), Ok(Naive::subproof(at + 1, &tree.0, true)));
            }
        }
    }
}
