;; Places every case by where its input lies in memory: alike in every fresh instance, and otherwise where something lay before.
(func (export "timonel:rules/routing@0.1.0#route") (param $input i32) (result i32)
  (i32.store8 (i32.const 280) (i32.rem_u (i32.shr_u (local.get $input) (i32.const 2)) (i32.const 10)))
  (i32.const 256))
(func (export "timonel:rules/rule@0.1.0#describe") (result i32) (i32.const 352))
(data (i32.const 260) "\01")                     ;; a place
(data (i32.const 264) "\00\02\00\00\05\00\00\00") ;; queue: 5 bytes at 512
(data (i32.const 352) "\00\00\00\00\07\00\00\00\10\00\00\00\05\00\00\00\20\00\00\00\0e\00\00\00"
  "\20\02\00\00\0c\00\00\00")                     ;; as common.wat describes, and settings: 12 bytes at 544
(data (i32.const 512) "sales")
(data (i32.const 544) "[1, 2, 3, 4]")
