;; Is a router and would like to write to customers.
(import "timonel:rules/reply@0.1.0" "text" (func $reply (param i32 i32 i32)))
(func (export "timonel:rules/routing@0.1.0#route") (param i32) (result i32)
  (call $reply (i32.const 512) (i32.const 5) (i32.const 1024))
  (i32.const 128))
