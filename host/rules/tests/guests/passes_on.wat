;; A responder that has each customer who writes wait in another queue.
(import "timonel:rules/reassign@0.1.0" "to-queue" (func $pass (param i32 i32 i32 i32 i32)))
(func (export "timonel:rules/responding@0.1.0#respond") (param i32) (result i32)
  (call $pass (i32.const 512) (i32.const 8) (i32.const 0) (i32.const 0) (i32.const 1024))
  (call $pass (i32.const 512) (i32.const 8) (i32.const 0) (i32.const 0) (i32.const 1024)) ;; once is what it gets
  (i32.const 256))
(data (i32.const 260) "\01") ;; answered
(data (i32.const 512) "refuerzo")
