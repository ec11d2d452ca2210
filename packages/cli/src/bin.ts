console.log('devlaunch: not built yet')
