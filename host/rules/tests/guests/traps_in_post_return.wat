;; Writes to the customer, answers, and traps when it tidies up.
(import "timonel:rules/reply@0.1.0" "text" (func $reply (param i32 i32 i32)))
(func (export "timonel:rules/responding@0.1.0#respond") (param i32) (result i32)
  (call $reply (i32.const 512) (i32.const 5) (i32.const 1024))
  (i32.const 256))
(func (export "cabi_post_timonel:rules/responding@0.1.0#respond") (param i32) (unreachable))
(data (i32.const 260) "\01") ;; answered
(data (i32.const 512) "Hello")
