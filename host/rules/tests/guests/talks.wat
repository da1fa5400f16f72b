;; Logs a hundred lines of a hundred bytes: more than is kept, and no crime.
(import "timonel:rules/log@0.1.0" "write" (func $log (param i32 i32 i32)))
(func (export "timonel:rules/routing@0.1.0#route") (param i32) (result i32)
  (local $left i32)
  (local.set $left (i32.const 100))
  (loop $again
    (call $log (i32.const 1) (i32.const 512) (i32.const 100))
    (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
  (i32.const 128))
(data (i32.const 512) "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789")
