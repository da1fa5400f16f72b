;; Places every case with the priority of how often it was asked, which it keeps from call to call.
(func (export "timonel:rules/routing@0.1.0#route") (param i32) (result i32)
  (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
  (i32.store8 (i32.const 280) (global.get $calls))
  (i32.const 256))
(global $calls (mut i32) (i32.const 0))
(data (i32.const 260) "\01")                     ;; a place
(data (i32.const 264) "\00\02\00\00\05\00\00\00") ;; queue: 5 bytes at 512
(data (i32.const 512) "sales")
