;; A measurer that counts by a phone.
(func (export "timonel:rules/measuring@0.1.0#measure") (param i32 i32 i32 i32) (result i32) (i32.const 256))
(data (i32.const 260) "\00\08\00\00\01\00\00\00") ;; samples: 1 at 2048
(data (i32.const 2048) "\00\00\00\00\b0\04\00\00\01\00\00\00") ;; fact 0: n
(data (i32.const 2080) "\00\0c\00\00\0d\00\00\00") ;; label: 13 bytes at 3072
(data (i32.const 3072) "+573105550101")
