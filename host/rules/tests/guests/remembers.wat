;; Notes a word, reads it back in the same call and gives it as its reason.
(import "timonel:rules/memory@0.1.0" "set" (func $set (param i32 i32 i32 i32 i32 i32)))
(import "timonel:rules/memory@0.1.0" "get" (func $get (param i32 i32 i32)))
(func (export "timonel:rules/responding@0.1.0#respond") (param i32) (result i32)
  (call $set (i32.const 512) (i32.const 3) (i32.const 1) (i32.const 528) (i32.const 5) (i32.const 1024))
  (call $get (i32.const 512) (i32.const 3) (i32.const 1056)) ;; ok, some, pointer, length
  (i32.store (i32.const 264) (i32.load (i32.const 1064)))
  (i32.store (i32.const 268) (i32.load (i32.const 1068)))
  (i32.const 256))
(data (i32.const 260) "\01")
(data (i32.const 512) "key")
(data (i32.const 528) "value")
