//! The tree of RFC 6962 from its leaves, and the checks of its proofs (RFC 9162, 2.1.3.2 and 2.1.4.2).

use sha2::{Digest as _, Sha256};

/// A hash of the tree.
pub type Hash = [u8; 32];

/// The hash of a leaf. A leaf is a line of an export, without its end.
pub fn leaf(line: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(line).finalize().into()
}

fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// A tree that grows leaf by leaf: the roots of its complete subtrees, the largest first.
#[derive(Debug, Clone, Default)]
pub struct Growing {
    subtrees: Vec<Hash>,
    size: u64,
}

impl Growing {
    /// Appends a leaf.
    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        // Each trailing one of the size is a subtree that the new one completes.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.subtrees.pop() {
                hash = node(&left, &hash);
            }
        }
        self.subtrees.push(hash);
        self.size += 1;
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree as it is.
    pub fn root(&self) -> Hash {
        let smallest_first = self.subtrees.iter().rev().copied();
        smallest_first.reduce(|right, left| node(&left, &right)).unwrap_or_else(|| Sha256::digest([]).into())
    }
}

/// Whether a proof leads from a leaf to the root of a tree.
pub fn includes(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = node(sibling, &hash);
            while at & 1 == 0 && at != 0 {
                (at, last) = (at >> 1, last >> 1);
            }
        } else {
            hash = node(&hash, sibling);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    last == 0 && hash == *root
}

/// Whether a proof shows that a tree begins with an older one.
pub fn extends(old: (u64, &Hash), new: (u64, &Hash), proof: &[Hash]) -> bool {
    let ((old_size, old_root), (new_size, new_root)) = (old, new);
    match (old_size, new_size) {
        (0, _) => return proof.is_empty(),
        (old, new) if old > new => return false,
        (old, new) if old == new => return proof.is_empty() && old_root == new_root,
        _ => {}
    }
    let (first, rest) = if old_size.is_power_of_two() {
        (old_root, proof)
    } else if let Some((first, rest)) = proof.split_first() {
        (first, rest)
    } else {
        return false;
    };
    let shift = (old_size - 1).trailing_ones();
    let (mut at, mut last) = ((old_size - 1) >> shift, (new_size - 1) >> shift);
    let (mut of_old, mut of_new) = (*first, *first);
    for hash in rest {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            of_old = node(hash, &of_old);
            of_new = node(hash, &of_new);
            while at & 1 == 0 && at != 0 {
                (at, last) = (at >> 1, last >> 1);
            }
        } else {
            of_new = node(&of_new, hash);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    last == 0 && of_old == *old_root && of_new == *new_root
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// MTH of RFC 6962, word by word.
    fn mth(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => Sha256::digest([]).into(),
            [one] => *one,
            more => {
                let (left, right) = more.split_at(half(more.len()));
                node(&mth(left), &mth(right))
            }
        }
    }

    /// PATH of RFC 6962.
    fn path(m: usize, leaves: &[Hash]) -> Vec<Hash> {
        if leaves.len() < 2 {
            return Vec::new();
        }
        let (left, right) = leaves.split_at(half(leaves.len()));
        let (mut within, beside) = if m < left.len() {
            (path(m, left), mth(right))
        } else {
            (path(m - left.len(), right), mth(left))
        };
        within.push(beside);
        within
    }

    /// SUBPROOF of RFC 6962.
    fn subproof(m: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
        if m == leaves.len() {
            return if whole { Vec::new() } else { vec![mth(leaves)] };
        }
        let (left, right) = leaves.split_at(half(leaves.len()));
        let (mut within, beside) = if m <= left.len() {
            (subproof(m, left, whole), mth(right))
        } else {
            (subproof(m - left.len(), right, false), mth(left))
        };
        within.push(beside);
        within
    }

    fn half(n: usize) -> usize {
        n.next_power_of_two() / 2
    }

    fn leaves(n: usize) -> Vec<Hash> {
        (0..n).map(|n| leaf(n.to_string().as_bytes())).collect()
    }

    #[test]
    fn the_first_roots_are_those_that_others_publish() {
        // The inputs and roots of the tests of Certificate Transparency (certificate-transparency-go, merkletree).
        let inputs: [&[u8]; 4] = [b"", b"\x00", b"\x10", b"\x20\x21"];
        let roots = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ];
        let mut tree = Growing::default();
        for (input, root) in inputs.into_iter().zip(roots) {
            tree.push(leaf(input));
            assert_eq!(data_encoding::HEXLOWER.encode(&tree.root()), root);
        }
    }

    proptest! {
        #[test]
        fn what_is_computed_and_checked_is_what_rfc_6962_defines(n in 1..200usize, m in 0..200usize) {
            let (leaves, m) = (leaves(n), m % n);
            let mut tree = Growing::default();
            leaves.iter().for_each(|leaf| tree.push(*leaf));
            prop_assert_eq!(tree.root(), mth(&leaves));
            let (size, root) = (n as u64, tree.root());
            prop_assert!(includes(&leaves[m], m as u64, size, &path(m, &leaves), &root));
            let old = mth(&leaves[..=m]);
            let proof = subproof(m + 1, &leaves, true);
            prop_assert!(extends((m as u64 + 1, &old), (size, &root), &proof));
        }

        #[test]
        fn a_proof_of_something_else_is_none(n in 2..120usize, m in 0..120usize, at in 0..8usize, bit in 0..256usize) {
            let (leaves, m) = (leaves(n), m % n);
            let (size, root) = (n as u64, mth(&leaves));
            let flip = |hash: &Hash| {
                let mut hash = *hash;
                hash[bit / 8] ^= 1 << (bit % 8);
                hash
            };
            let right = path(m, &leaves);
            prop_assert!(!includes(&flip(&leaves[m]), m as u64, size, &right, &root));
            prop_assert!(!includes(&leaves[m], m as u64, size, &right, &flip(&root)));
            prop_assert!(!includes(&leaves[m], ((m + 1) % n) as u64, size, &right, &root));
            prop_assert!(!includes(&leaves[m], m as u64, size, &right[1..], &root));
            let mut wrong = right;
            let at = at % wrong.len();
            wrong[at] = flip(&wrong[at]);
            prop_assert!(!includes(&leaves[m], m as u64, size, &wrong, &root));

            let (old_size, old) = (m as u64 + 1, mth(&leaves[..=m]));
            let proof = subproof(m + 1, &leaves, true);
            prop_assert!(!extends((old_size, &flip(&old)), (size, &root), &proof));
            prop_assert!(!extends((old_size, &old), (size, &flip(&root)), &proof));
            if !proof.is_empty() {
                let mut wrong = proof.clone();
                let at = at % wrong.len();
                wrong[at] = flip(&wrong[at]);
                prop_assert!(!extends((old_size, &old), (size, &root), &wrong));
                prop_assert!(!extends((old_size, &old), (size, &root), &proof[1..]));
            }
        }
    }
}
