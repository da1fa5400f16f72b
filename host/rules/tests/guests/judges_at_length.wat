;; An approver that gives one reason, with a code of 10 MB.
(memory (export "memory") 200)
(func (export "timonel:rules/approving@0.1.0#judge") (param i32) (result i32) (i32.const 256))
(data (i32.const 284) "\00\02\00\00\01\00\00\00") ;; reasons: 1 at 512
(data (i32.const 512) "\00\00\02\00\80\96\98\00") ;; code: 10,000,000 bytes
