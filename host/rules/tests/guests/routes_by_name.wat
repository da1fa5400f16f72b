;; Places the case with the customer's name as a skill, and for an agent who is called like the customer's phone.
(import "timonel:rules/profile@0.1.0" "get" (func $profile (param i32)))
(import "timonel:rules/identity@0.1.0" "get" (func $identity (param i32)))
(func (export "timonel:rules/routing@0.1.0#route") (param i32) (result i32)
  (call $profile (i32.const 1024))
  (call $identity (i32.const 1088))
  (i32.store (i32.const 528) (i32.load (i32.const 1028)))
  (i32.store (i32.const 532) (i32.load (i32.const 1032)))
  (i32.store (i32.const 288) (i32.load (i32.const 1096)))
  (i32.store (i32.const 292) (i32.load (i32.const 1100)))
  (i32.store (i32.const 308) (i32.load (i32.const 1028)))
  (i32.store (i32.const 312) (i32.load (i32.const 1032)))
  (i32.const 256))
(data (i32.const 260) "\01")                     ;; a place
(data (i32.const 264) "\00\02\00\00\07\00\00\00") ;; queue: 7 bytes at 512
(data (i32.const 272) "\10\02\00\00\01\00\00\00") ;; skills: one at 528
(data (i32.const 284) "\01")                     ;; a preference
(data (i32.const 296) "\3c")                     ;; of a minute
(data (i32.const 512) "general")
