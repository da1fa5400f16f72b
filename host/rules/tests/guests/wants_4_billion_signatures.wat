;; An approver that wants more signatures than there are people.
(func (export "timonel:rules/approving@0.1.0#judge") (param i32) (result i32) (i32.const 256))
(data (i32.const 260) "\02")                      ;; require
(data (i32.const 264) "\00\02\00\00\01\00\00\00") ;; signatures: 1 at 512
(data (i32.const 512) "\00\03\00\00\05\00\00\00\ff\ff\ff\ff") ;; row: 5 bytes at 768
(data (i32.const 768) "audit")
