;; Returns an error of its own: the customer's name.
(import "timonel:rules/profile@0.1.0" "get" (func $profile (param i32)))
(func (export "timonel:rules/responding@0.1.0#respond") (param i32) (result i32)
  (call $profile (i32.const 1024))
  (i32.store (i32.const 260) (i32.load (i32.const 1028)))
  (i32.store (i32.const 264) (i32.load (i32.const 1032)))
  (i32.const 256))
(data (i32.const 256) "\01") ;; an error
