;; Says bytes that are no text.
(import "timonel:rules/log@0.1.0" "write" (func $log (param i32 i32 i32)))
(func (export "timonel:rules/routing@0.1.0#route") (param i32) (result i32)
  (call $log (i32.const 1) (i32.const 512) (i32.const 2))
  (i32.const 128))
(data (i32.const 512) "\ff\fe")
