;; Writes to the customer five times in one call. The host answers the last two with a failure.
(import "timonel:rules/reply@0.1.0" "text" (func $reply (param i32 i32 i32)))
(func (export "timonel:rules/responding@0.1.0#respond") (param i32) (result i32)
  (local $left i32)
  (local.set $left (i32.const 5))
  (loop $again
    (call $reply (i32.const 512) (i32.const 5) (i32.const 1024))
    (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
  (i32.const 256))
(data (i32.const 260) "\01")
(data (i32.const 512) "Hello")
