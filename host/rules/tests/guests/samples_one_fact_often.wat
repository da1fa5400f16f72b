;; A measurer that returns 65 samples of the first fact.
(func (export "timonel:rules/measuring@0.1.0#measure") (param i32 i32 i32 i32) (result i32)
  (local $sample i32)
  (local.set $sample (i32.const 2048))
  (loop $next
    (i32.store offset=4 (local.get $sample) (i32.const 1200))
    (i32.store offset=8 (local.get $sample) (i32.const 1))
    (local.set $sample (i32.add (local.get $sample) (i32.const 40)))
    (br_if $next (i32.lt_u (local.get $sample) (i32.const 4648))))
  (i32.const 256))
(data (i32.const 260) "\00\08\00\00\41\00\00\00") ;; samples: 65 at 2048
