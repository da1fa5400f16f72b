;; Asks the host without end.
(import "timonel:rules/memory@0.1.0" "get" (func $get (param i32 i32 i32)))
(func (export "timonel:rules/routing@0.1.0#route") (param i32) (result i32)
  (loop $again (call $get (i32.const 512) (i32.const 1) (i32.const 1024)) (br $again))
  (unreachable))
(data (i32.const 512) "k")
