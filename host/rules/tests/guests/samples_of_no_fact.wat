;; A measurer that counts of the ninth fact, where there are fewer.
(func (export "timonel:rules/measuring@0.1.0#measure") (param i32 i32 i32 i32) (result i32) (i32.const 256))
(data (i32.const 260) "\00\08\00\00\01\00\00\00") ;; samples: 1 at 2048
(data (i32.const 2048) "\08\00\00\00\b0\04\00\00\01\00\00\00") ;; fact 8: n
