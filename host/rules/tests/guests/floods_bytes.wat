;; Hands the host 64 KiB at a time, without end.
(import "timonel:rules/log@0.1.0" "write" (func $log (param i32 i32 i32)))
(func (export "timonel:rules/routing@0.1.0#route") (param i32) (result i32)
  (loop $again (call $log (i32.const 1) (i32.const 0x80000) (i32.const 65536)) (br $again))
  (unreachable))
