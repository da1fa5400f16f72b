;; Resolves the case, with the customer's name as the code.
(import "timonel:rules/profile@0.1.0" "get" (func $profile (param i32)))
(import "timonel:rules/close@0.1.0" "resolve" (func $resolve (param i32 i32 i32)))
(func (export "timonel:rules/responding@0.1.0#respond") (param i32) (result i32)
  (call $profile (i32.const 1024))
  (call $resolve (i32.load (i32.const 1028)) (i32.load (i32.const 1032)) (i32.const 2048))
  (i32.const 256))
(data (i32.const 260) "\01") ;; answered
