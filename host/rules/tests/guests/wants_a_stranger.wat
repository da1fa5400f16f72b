;; An approver that wants a role which the company has not.
(func (export "timonel:rules/approving@0.1.0#judge") (param i32) (result i32) (i32.const 256))
(data (i32.const 260) "\02")                      ;; require
(data (i32.const 272) "\00\02\00\00\01\00\00\00") ;; roles: 1 at 512
(data (i32.const 512) "\00\03\00\00\04\00\00\00") ;; role: 4 bytes at 768
(data (i32.const 768) "king")
