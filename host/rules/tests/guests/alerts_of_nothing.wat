;; A watcher that raises an alert of a figure that it was not shown.
(func (export "timonel:rules/alerting@0.1.0#judge") (param i32 i32 i64 i32 i32) (result i32) (i32.const 256))
(data (i32.const 256) "\00\00\00\00\10\01\00\00\01\00\00\00") ;; one alert, at 272
(data (i32.const 272)
  "\80\01\00\00\04\00\00\00"  ;; name: fire
  "\00\00\00\00"              ;; window 0
  "\84\01\00\00\07\00\00\00"  ;; level: warning
  "\00\00\00\00\00\00\00\00"  ;; words
  "\00\00\00\00\00\00\00\00") ;; attrs
(data (i32.const 384) "firewarning")
