;; A measurer that returns 100,000 samples.
(memory (export "memory") 100)
(func (export "timonel:rules/measuring@0.1.0#measure") (param i32 i32 i32 i32) (result i32) (i32.const 256))
(data (i32.const 260) "\00\00\02\00\a0\86\01\00") ;; samples: 100,000 at 131,072
