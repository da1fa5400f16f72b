;; Calls a function that the contract does not have.
(import "timonel:rules/reply@0.1.0" "shout" (func $shout))
(func (export "timonel:rules/responding@0.1.0#respond") (param i32) (result i32) (call $shout) (i32.const 128))
