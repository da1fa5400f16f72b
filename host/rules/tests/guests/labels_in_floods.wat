;; A measurer that counts the facts in turn by 101 labels: `aa`, `ba` and so on.
(func (export "timonel:rules/measuring@0.1.0#measure") (param i32 i32 i32 i32) (result i32)
  (local $n i32) (local $sample i32) (local $label i32)
  (local.set $sample (i32.const 8192))
  (loop $next
    (local.set $label (i32.add (i32.const 4096) (i32.mul (local.get $n) (i32.const 2))))
    (i32.store8 (local.get $label) (i32.add (i32.const 97) (i32.rem_u (local.get $n) (i32.const 26))))
    (i32.store8 offset=1 (local.get $label) (i32.add (i32.const 97) (i32.div_u (local.get $n) (i32.const 26))))
    (i32.store (local.get $sample) (i32.rem_u (local.get $n) (i32.const 2)))
    (i32.store offset=4 (local.get $sample) (i32.const 1200))
    (i32.store offset=8 (local.get $sample) (i32.const 1))
    (i32.store offset=32 (local.get $sample) (local.get $label))
    (i32.store offset=36 (local.get $sample) (i32.const 2))
    (local.set $sample (i32.add (local.get $sample) (i32.const 40)))
    (local.set $n (i32.add (local.get $n) (i32.const 1)))
    (br_if $next (i32.lt_u (local.get $n) (i32.const 101))))
  (i32.const 256))
(data (i32.const 260) "\00\20\00\00\65\00\00\00") ;; samples: 101 at 8192
