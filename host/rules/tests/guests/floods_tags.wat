;; Tags the case 200 times.
(import "timonel:rules/label@0.1.0" "add-tag" (func $tag (param i32 i32 i32)))
(func (export "timonel:rules/responding@0.1.0#respond") (param i32) (result i32)
  (local $left i32)
  (local.set $left (i32.const 200))
  (loop $again
    ;; Another tag each time: its last byte is one of 64.
    (i32.store8 (i32.const 516) (i32.add (i32.const 48) (i32.and (local.get $left) (i32.const 63))))
    (call $tag (i32.const 512) (i32.const 5) (i32.const 1024))
    (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
  (i32.const 256))
(data (i32.const 260) "\01")
(data (i32.const 512) "Hello")
