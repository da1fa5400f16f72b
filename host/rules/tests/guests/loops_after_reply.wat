;; Writes to the customer, and then never comes back.
(import "timonel:rules/reply@0.1.0" "text" (func $reply (param i32 i32 i32)))
(func (export "timonel:rules/responding@0.1.0#respond") (param i32) (result i32)
  (call $reply (i32.const 512) (i32.const 5) (i32.const 1024))
  (loop $again (br $again)) (unreachable))
(data (i32.const 512) "Hello")
