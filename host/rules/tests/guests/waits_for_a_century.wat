;; An approver that wants a hundred years to pass.
(func (export "timonel:rules/approving@0.1.0#judge") (param i32) (result i32) (i32.const 256))
(data (i32.const 260) "\02")             ;; require
(data (i32.const 280) "\00\ae\f8\bb")    ;; 3,153,636,864 seconds
