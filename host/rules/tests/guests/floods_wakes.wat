;; Asks 50 times to be called again.
(import "timonel:rules/wake@0.1.0" "after" (func $after (param i32 i32 i32 i32)))
(func (export "timonel:rules/responding@0.1.0#respond") (param i32) (result i32)
  (local $left i32)
  (local.set $left (i32.const 50))
  (loop $again
    (call $after (local.get $left) (i32.const 512) (i32.const 5) (i32.const 1024))
    (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
  (i32.const 256))
(data (i32.const 260) "\01")
(data (i32.const 512) "Hello")
